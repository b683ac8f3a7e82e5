"""Whose images are noised: a button that says it, and the menu of all that can be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QSizePolicy, QWidget

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import SHIPPED, shipped, title_of
from explorer.endings import DATA_SET_FILES
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.reading_menu import add_reading
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import give_menu

TIP = tr("Whose images are noised: MNIST, emoji, a file or a folder of your own")
ARROW = 36
"""Pixels beside the words: the sign of the menu, and the margins."""


class DataButton(QPushButton):
    """Names a data set; its menu asks for another.

    Signals
    -------
    chosen(str, object)
        A name or a path, and how its images are taken: a Reading.
    """

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self._read = "", AS_FOUND
        self.setAccessibleName(tr("Data set"))
        self.setToolTip(TIP)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        give_menu(self, QMenu(self))
        self.menu().aboutToShow.connect(self._fill)

    def show_taken(self, taken: str) -> None:
        """Say how its images were taken, where there was a choice."""
        self.setToolTip(f"{TIP}.\n{title_of(self._source)}: {taken}" if taken else TIP)

    def show_source(self, source: str, read: Reading = AS_FOUND) -> None:
        """Say which it is; `read` is how its images are taken."""
        self._source, self._read = source, read
        words = tr("{title_of}, test images", title_of=title_of(source)) if shipped(source) is not None else title_of(source)
        self.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, max(96, self.width() - ARROW)))

    def _fill(self) -> None:
        menu = self.menu()
        emptied(menu)
        for name, known in SHIPPED.items():
            self._add(
                tr("{title}, test images\t{test}", title=known.title, test=grouped(known.test)),
                partial(self.chosen.emit, name, AS_FOUND),
                shipped(self._source) is known,
            )
        if shipped(self._source) is None:
            self._add(title_of(self._source), partial(self.chosen.emit, self._source, self._read), True)
            add_reading(menu, self._source, self._read, partial(self.chosen.emit, self._source))
        menu.addSeparator()
        verb(menu, tr("Images from a file…"), self._ask_file, tip=tr("An IDX file, or an .npy or .npz array; dropping one does the same"))
        verb(menu, tr("Images from a folder…"), self._ask_folder, tip=tr("A folder of pictures of one size; dropping one does the same"))

    def _add(self, text: str, choose: Callable[[], object], checked: bool) -> None:
        action = verb(self.menu(), text, choose)
        action.setCheckable(True)
        action.setChecked(checked)

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.window(), tr("Noise the images of a file"), "", DATA_SET_FILES)
        if path:
            self.chosen.emit(path, AS_FOUND)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self.window(), tr("Noise the pictures of a folder"))
        if path:
            self.chosen.emit(path, AS_FOUND)

"""Data sets that the person names: MNIST, emoji, a file or a folder of their own, read by the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import SHIPPED
from explorer.endings import DATA_SET_FILES
from explorer.engine.chain.data_set.messages import DataSetOpened, OpenDataSet
from explorer.engine.thread.client import Client
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ExactProcess
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.questions import Questions, When
from explorer.views.shared.reading_menu import add_reading
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped

Chosen = Callable[[DataSetOpened], object]
"""Gets the one that was opened."""


class DataSets(QObject):
    """Offers and opens them; goes on while another workspace is shown.

    Parameters
    ----------
    client : Client
    prefix : str
        Of the name of its question.
    window : QWidget
        Over which files are chosen.

    Signals
    -------
    noticed(str, str)
        How the images of a file were taken, where there was a choice, and where it can be told.
    """

    noticed = Signal(str, str)

    def __init__(self, client: Client, prefix: str, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._questions = Questions(client, prefix, self)

    @property
    def idle(self) -> bool:
        """Whether none is being opened."""
        return self._questions.idle

    def open(self, source: str, chosen: Chosen, read: Reading = AS_FOUND) -> None:
        """Have the engine read a data set; `chosen` gets it."""

        def take(outcome: Outcome) -> None:
            if isinstance(outcome, DataSetOpened):
                chosen(outcome)
                if outcome.taken:
                    said = tr("{name}: {count} images, {taken}", name=Path(source).name, count=grouped(outcome.count), taken=outcome.taken)
                    self.noticed.emit(said, tr("The menu of its lane can take them otherwise."))

        self._questions.ask("data", OpenDataSet(source, read), take, When.AT_ONCE)

    def add_to(self, menu: QMenu, chosen: Chosen, tip: str) -> None:
        """What there is to choose from."""
        for name, known in SHIPPED.items():
            verb(
                menu,
                tr("{title}\t{train} images", title=known.title, train=grouped(known.train)),
                partial(self.open, name, chosen),
                tip=tip,
            )
        menu.addSeparator()
        verb(
            menu, tr("Data set from a file…"), partial(self._choose_file, chosen), tip=tr("An IDX file, or an .npy or .npz array of images")
        )
        verb(menu, tr("Data set from a folder…"), partial(self._choose_folder, chosen), tip=tr("A folder of pictures of one size"))

    def add_reading(self, menu: QMenu, exact: ExactProcess, chosen: Chosen) -> None:
        """How else its images can be taken; `chosen` gets the data set that is taken so."""

        def choose(read: Reading) -> None:
            self.open(exact.dataset, chosen, read)

        add_reading(menu, exact.dataset, exact.read, choose)

    def _choose_file(self, chosen: Chosen) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, tr("Open a data set"), "", DATA_SET_FILES)
        if path:
            self.open(path, chosen)

    def _choose_folder(self, chosen: Chosen) -> None:
        path = QFileDialog.getExistingDirectory(self._window, tr("Open a folder of pictures"))
        if path:
            self.open(path, chosen)

"""The panel that offers to noise a finished image again: from this lane's own x_0 or from a picture, up to which t."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.engine.chain.branching.messages import PictureFitted
from explorer.recipe import Picture
from explorer.views.reverse_chain.panels import FrontPanel, Panels
from explorer.widgets.controls.actions import with_keys
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import CAPTION, PictureTile

SIDE = 168
SOURCES = (
    Segment("own", tr("each sample's own x₀"), tr("Noise every sample's own finished image")),
    Segment("picture", tr("a picture"), tr("Noise a picture of yours, the same for every sample")),
)
EXPLANATION = tr(
    "The image is noised forward to t by Property 1 and comes down again. From a low t most of it survives; from a high t the "
    "network makes another image. The distance to the image is shown beside the branch."
)

FRESH_TIP = tr("The noise that made an image leads back to it from almost anywhere: with other noise you see what the image itself keeps")
NO_PICTURE = tr("Drop a picture on the window, paste one, or open a file. It is made to fit; nothing is changed before you say so.")


class BackUpPanel(FrontPanel):
    """What is noised, and how far.

    Parameters
    ----------
    panels : Panels
        In which it comes to the front.
    pastes : QAction
        Takes the picture in the clipboard: the button does the same.

    Signals
    -------
    back_up_wanted(int, object, bool)
        Up to this t, from a Picture or, if it is None, each sample's own x_0; whether with other noise.
    open_wanted()
    """

    back_up_wanted = Signal(int, object, bool)
    open_wanted = Signal()

    def __init__(self, theme: Theme, panels: Panels, pastes: QAction) -> None:
        super().__init__(theme, panels, tr("Noise again"), tr("Noise it, and come down again as a branch"))
        self.picture: Picture | None = None
        self._own: np.ndarray | None = None
        self._awaited = ""
        self.sources = SegmentBar(SOURCES, tr("What is noised"))
        self.before, self.after = PictureTile(theme), PictureTile(theme)
        for tile in (self.before, self.after):
            tile.setFixedSize(SIDE, SIDE + CAPTION)
        self._note = QLabel()
        self._note.setWordWrap(True)
        mark(self._note, "muted")
        self.open = QPushButton(tr("Open picture…"))
        self.open.setToolTip(tr("Choose a picture file; dropping one on the window does the same"))
        self.paste = QPushButton(tr("Paste"))
        self.paste.setToolTip(with_keys(tr("Take the picture in the clipboard"), pastes))
        self.t = Slider(
            theme, (words(tr("up to ")), var("t")), 1, 1000, 1, tr("Up to t"), tr("How far the image is noised before it comes down again")
        )
        self.fresh = QCheckBox(tr("come down with other noise"))
        self.fresh.setToolTip(FRESH_TIP)
        for button in (self.open, self.paste):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()
        self.sources.chosen.connect(lambda _n: self._show())
        self.open.clicked.connect(self.open_wanted)
        self.paste.clicked.connect(pastes.trigger)

    def _arrange(self) -> None:
        files, buttons = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((files, (self.sources, self.open, self.paste)), (buttons, (self.go, self.stop))):
            row.setSpacing(8)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
        choice = QVBoxLayout()
        choice.setSpacing(8)
        choice.addWidget(self._note)
        choice.addWidget(self.t)
        choice.addWidget(self.fresh)
        choice.addStretch(1)
        choice.addLayout(buttons)
        pictures = QHBoxLayout()
        pictures.setSpacing(16)
        pictures.addWidget(self.before, 0, Qt.AlignmentFlag.AlignTop)
        pictures.addWidget(self.after, 0, Qt.AlignmentFlag.AlignTop)
        pictures.addLayout(choice, 1)
        column = self.explain(tr("Noise a finished image again"), EXPLANATION)
        column.addLayout(files)
        column.addLayout(pictures)
        column.addStretch(1)

    def start(self, t: int, T: int, own: np.ndarray | None) -> None:
        """Come to the front, anew, with the lane's own x_0 (H, W, 3)."""
        self.picture, self._own, self._awaited = None, own, ""
        self.t.slider.setMaximum(max(1, T) - 1)
        self.t.show_value(t)
        self.fresh.setChecked(True)
        self.sources.set_current("own")
        self._show()
        self.bring()
        self.setFocus()

    def show_own(self, own: np.ndarray | None) -> None:
        """The lane's own x_0 (H, W, 3), as far as it is there."""
        self._own = own
        self._show()

    def await_picture(self, name: str) -> None:
        """A picture is being read; an empty name: it could not be."""
        self._awaited = name
        if name:
            self.picture = None
            self.sources.set_current("picture")
        self._show()

    def show_picture(self, fitted: PictureFitted) -> None:
        """Offer a picture, as it was and as it would be taken."""
        self.picture, self._awaited = fitted.picture, ""
        self.sources.set_current("picture")
        height, width = fitted.size
        self.before.show_picture(fitted.before, (words(f"{width} × {height}{', colour' if fitted.colour else ''}"),))
        c, h, w = fitted.shape
        self.after.show_picture(fitted.tile, (words(f"{w} × {h}{', grey' if c == 1 else ''}"),))
        same = fitted.size == (h, w) and not (fitted.colour and c == 1)
        self._note.setText(f"{fitted.name}: " + (tr("taken as it is.") if same else tr("will be taken as in the picture on the right.")))
        self._show()

    def _show(self) -> None:
        own = self.sources.current == "own"
        self.before.setVisible(not own and self.picture is not None)
        if own:
            self.after.show_picture(self._own, (words(tr("the selected sample's ")), var("x", "0")))
            self._note.setText("")
        elif self.picture is None:
            self.after.show_picture(None, (words(tr("no picture yet")),))
            self._note.setText(tr("{awaited} is being read…", awaited=self._awaited) if self._awaited else NO_PICTURE)
        self._note.setVisible(bool(self._note.text()))
        self.go.setEnabled(own or self.picture is not None)

    @property
    def up_to(self) -> int:
        """The t that is chosen."""
        return round(self.t.value)

    def do(self) -> None:
        """Have it noised."""
        self.back_up_wanted.emit(self.up_to, None if self.sources.current == "own" else self.picture, self.fresh.isChecked())

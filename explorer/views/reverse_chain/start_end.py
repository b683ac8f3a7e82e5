"""One end of a start: the noise of a sample, or a picture that is taken back to noise."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.recipe import Picture
from explorer.recipe.start import MAX_SAMPLE, End, Given, Inverted, NoiseOf
from explorer.views.shared.rows import heading
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import CAPTION, PictureTile

SIDE = 140
MAX_IMAGE = 2**31 - 1
KINDS = (
    Segment("noise", tr("noise"), tr("x_T of a sample, whichever seed it is of")),
    Segment("picture", tr("picture"), tr("The noise that a picture comes from, by this chain's own network")),
)


class StartEnd(QWidget):
    """Shows and asks; what pictures look like it is told.

    Signals
    -------
    changed()
        Another kind, seed or sample.
    test_image_wanted(int), own_wanted(), open_wanted(), paste_wanted()
        A picture: a test image, the selected sample's x_0, a file, the clipboard's.
    """

    changed = Signal()
    test_image_wanted = Signal(int)
    own_wanted = Signal()
    open_wanted = Signal()
    paste_wanted = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Picture | None = None
        self._own_seed = self._seed = 0
        self._noise: np.ndarray | None = None
        self._pixels: np.ndarray | None = None
        self._awaited = ""
        self._title = heading(title)
        self.kinds = SegmentBar(KINDS, title)
        self.tile = PictureTile(theme)
        self.tile.setFixedSize(SIDE, SIDE + CAPTION)
        self.seed = SeedField()
        self.seed.setAccessibleName(tr("Seed, {title}", title=title))
        self.sample = IntField(0, MAX_SAMPLE, tr("Sample, {title}", title=title), tr("Whose x_T"))
        self.image = IntField(0, MAX_IMAGE, tr("Test image, {title}", title=title), tr("A test image of what the network was trained on"))
        self.own, self.open, self.paste = (QPushButton(text) for text in (tr("Sample's x₀"), tr("Open…"), tr("Paste")))
        self.own.setToolTip(tr("The selected sample's own finished image"))
        self.open.setToolTip(tr("Choose a picture file; dropping one on the window does the same"))
        self.paste.setToolTip(tr("Take the picture in the clipboard"))
        for button in (self.own, self.open, self.paste):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fields = QStackedWidget()
        self._fields.addWidget(_stacked((_row(tr("seed"), self.seed), _row(tr("sample"), self.sample))))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.open, self.paste):
            buttons.addWidget(button)
        self._fields.addWidget(_stacked((_row(tr("test image"), self.image), self.own, buttons)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self._title, self.kinds, self.tile, self._fields):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if widget is self.tile else Qt.AlignmentFlag(0))
        column.addStretch(1)
        self.setFixedWidth(188)
        self.kinds.chosen.connect(lambda _name: self._chosen())
        self.seed.committed.connect(lambda seed: self._other_noise(seed))
        self.sample.committed.connect(lambda _sample: self._other_noise(self._seed))
        self.image.committed.connect(self.test_image_wanted)
        self.own.clicked.connect(lambda _on=False: self.own_wanted.emit())
        self.open.clicked.connect(lambda _on=False: self.open_wanted.emit())
        self.paste.clicked.connect(lambda _on=False: self.paste_wanted.emit())

    @property
    def kind(self) -> str:
        """As "noise" or "picture"."""
        return self.kinds.current

    @property
    def noise(self) -> NoiseOf:
        """The noise that is chosen; the chain's own seed goes without saying."""
        return NoiseOf(self.sample.value(), None if self._seed == self._own_seed else self._seed)

    @property
    def is_complete(self) -> bool:
        """Whether there is something to start from."""
        return self.kind == "noise" or self.picture is not None

    def start(self, kind: str, seed: int, sample: int, has_own: bool) -> None:
        """Anew: of a chain of this seed."""
        self.picture, self._pixels, self._awaited = None, None, ""
        self._own_seed = seed
        self._set_noise(seed, sample)
        self.own.setEnabled(has_own)
        self.kinds.set_current(kind)
        self._show()

    def show_end(self, end: End) -> None:
        """What the chain starts from now; of what a program gave, which cannot be chosen here, nothing."""
        if isinstance(end, Given):
            return
        if isinstance(end, Inverted):
            pixels = end.picture.array()
            self.show_picture(end.picture, (pixels if len(pixels) == 3 else pixels.repeat(3, 0)).transpose(1, 2, 0).copy())
            return
        self._set_noise(self._own_seed if end.seed is None else end.seed, end.sample)
        self.kinds.set_current("noise")
        self._show()

    def _set_noise(self, seed: int, sample: int) -> None:
        self._seed, self._noise = seed, None
        self.seed.show_value(seed)
        self.sample.show_value(sample)
        self.image.show_value(min(sample, MAX_IMAGE))

    def show_noise(self, of: NoiseOf, tile: np.ndarray) -> None:
        """What the noise looks like (H, W, 3), if it is still the one that is chosen."""
        if of == self.noise:
            self._noise = tile
            self._show()

    def await_picture(self, name: str) -> None:
        """A picture is being read; an empty name: it could not be."""
        self._awaited = name
        self.kinds.set_current("picture")
        self._show()

    def show_picture(self, picture: Picture | None, tile: np.ndarray | None) -> None:
        """A picture as it would be taken (H, W, 3)."""
        self.picture, self._pixels, self._awaited = picture, tile, ""
        self.kinds.set_current("picture")
        self._show()

    def _other_noise(self, seed: int) -> None:
        self._seed, self._noise = seed, None
        self._chosen()

    def _chosen(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        noise = self.kind == "noise"
        self._fields.setCurrentIndex(0 if noise else 1)
        if noise:
            self.tile.show_picture(self._noise, (var("x", "T"),))
        elif self.picture is None:
            said = tr("reading {name}…", name=self._awaited) if self._awaited else tr("no picture yet")
            self.tile.show_picture(None, (words(said),))
        else:
            self.tile.show_picture(self._pixels, (words(self.picture.name or tr("a picture")),))


def _row(name: str, field: QWidget) -> QHBoxLayout:
    row, label = QHBoxLayout(), QLabel(name)
    mark(label, "muted")
    row.setSpacing(8)
    row.addWidget(label)
    row.addWidget(field, 1)
    return row


def _stacked(parts: tuple[QWidget | QHBoxLayout, ...]) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    column.addStretch(1)
    return box

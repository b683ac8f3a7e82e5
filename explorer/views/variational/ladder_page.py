"""The page from AE to VAE: one network of the ladder at a time, under the same test images and the same samples of the prior."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.variational.ladder_messages import ProbeShown, Rung, RungShown
from explorer.recipe.variational import LadderRecipe
from explorer.views.variational.plots.code_plane import CodePlane
from explorer.views.variational.plots.prior_tiles import PriorTiles
from explorer.views.variational.plots.rung_table import RungTable
from explorer.views.variational.rung_words import rung_words
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile

GAP = 8
TILE = 84


class LadderPage(QWidget):
    """Draws; reports which network is chosen, and where the probe is dragged.

    Signals
    -------
    chosen(int)
        A place of the ladder.
    probed(float, float)
    released()
    image_chosen(int)
        A test image whose code was double-clicked.
    """

    chosen = Signal(int)
    probed = Signal(float, float)
    released = Signal()
    image_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rungs: tuple[Rung, ...] = ()
        self._recipe = LadderRecipe()
        self._reach, self._width, self._read = 0.0, 0.0, -1
        self.plane = CodePlane(theme)
        self.samples = PriorTiles(theme)
        self.table = RungTable(theme)
        self.tiles = tuple(PictureTile(theme) for _ in range(3))
        self.title = QLabel()
        self.facts = {name: QLabel() for name in ("plane", "samples")}
        for label in self.facts.values():
            mark(label, "muted")
            label.setWordWrap(True)
        self._lay_out()
        self.plane.probed.connect(self.probed)
        self.plane.released.connect(self.released)
        self.plane.chosen.connect(self.image_chosen)
        self.table.chosen.connect(self.chosen)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        left, pictures = Card(self._theme), QHBoxLayout()
        pictures.setSpacing(24)
        pictures.addStretch(1)
        for tile in self.tiles:
            tile.setFixedWidth(TILE)
            pictures.addWidget(tile)
        pictures.addStretch(1)
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.title)
        column.addWidget(self.plane, 1)
        column.addLayout(pictures)
        column.addWidget(self.facts["plane"])
        grid.addWidget(left, 0, 0, 2, 1)
        for row, (title, view, facts) in enumerate(
            ((tr("Samples of the prior, decoded"), self.samples, [self.facts["samples"]]), (tr("The ladder"), self.table, []))
        ):
            card = Card(self._theme)
            inside = QVBoxLayout(card)
            inside.setContentsMargins(12, 8, 12, 8)
            inside.setSpacing(4)
            inside.addWidget(QLabel(title))
            inside.addWidget(view, 1 - row)
            for fact in facts:
                inside.addWidget(fact)
            grid.addWidget(card, row, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 4)
        grid.setRowStretch(0, 1)

    # --- what is shown

    @property
    def place(self) -> int:
        """Of the network that is shown; -1 if the ladder has none of its name."""
        return next((index for index, rung in enumerate(self._rungs) if rung.name == self._recipe.rung), -1)

    def show_state(self, recipe: LadderRecipe, same_scale: bool) -> None:
        """What the person chose."""
        self._recipe = recipe
        self.plane.set_probe(*recipe.probe)
        self.plane.set_same_scale(same_scale)
        self._mark()

    def show_rungs(self, rungs: Sequence[Rung]) -> None:
        """All networks."""
        self._rungs = tuple(rungs)
        self._mark()

    def _mark(self) -> None:
        self.table.set_rungs(self._rungs, self.place)
        rung = self._rungs[self.place] if self.place >= 0 else None
        self.title.setText(
            tr("Codes of the same test images") if rung is None else tr("{rung}: codes of the test images", rung=rung_words(rung))
        )

    def show_rung(self, shown: RungShown) -> None:
        """What a network makes of the images and of the prior."""
        self.plane.show_rung(shown)
        self.samples.show_samples(shown.samples, shown.confidences, shown.digits)
        self.tiles[0].show_picture(shown.image, (var("x"),))
        self.tiles[1].show_picture(shown.reconstruction, (var("x", "", "hat"),))
        read = int((shown.confidences > 0.9).sum())
        said = tr("{read} of {count} are read as digits (framed).", read=read, count=len(shown.samples))
        self.facts["samples"].setText(said if len(shown.confidences) else "")
        self._reach = float(abs(shown.codes).max()) if len(shown.codes) else 0.0
        self._width = math.sqrt(float((shown.sigmas**2).mean())) if len(shown.sigmas) else 0.0
        self._say()

    def _say(self) -> None:
        said = [tr("Codes reach to {reach:.1f}.", reach=self._reach)]
        if self._width:
            said.append(tr("Mean width of q(z|x): {width:.3f}.", width=self._width))
        if self._read >= 0:
            said.append(tr("The probe is read as {digit}.", digit=self._read))
        self.facts["plane"].setText(" ".join(said))

    def show_probe(self, shown: ProbeShown) -> None:
        """What the probe decodes to."""
        x, y = shown.code
        self._read = shown.digit if shown.confidence > 0.9 else -1
        self.tiles[2].show_picture(shown.tile, (var("z"), words(f" = ({x:.1f}, {y:.1f})".replace("-", "−"))))
        self._say()

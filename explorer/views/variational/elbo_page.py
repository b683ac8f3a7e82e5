"""The ELBO page: reconstruction and the KL of each number of the code, of one image and over the test images."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown, UnitShown
from explorer.exports.colours import OPTION_COLOURS
from explorer.views.variational.plots.gap_bars import BoundRow, GapBars
from explorer.views.variational.plots.unit_bars import Series, UnitBars
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile
from explorer.widgets.plots.density_plot import DensityFigure, DensityPlot
from explorer.widgets.plots.ticks import round_ticks

GAP = 8
EDGE, TIGHT = 12, 8
"""Pixels left and right in a card, and between the pictures of what a number does."""
ACTIVE = 0.01
"""As of `explorer.variational.terms`, which the window does not import."""
VALUES = 7
TILE, LARGE_TILE = 84, 168
"""Pixels of the image's pictures, in a low window and in a high one."""
HIGH = 800
BINS = 48
OF_IMAGE, OF_TEST = OPTION_COLOURS["A"], OPTION_COLOURS["B"]
KL_TIP = tr(
    "KL(q(z_j|x) ‖ N(0, 1)) of each number of the code, in nats: of this image, and its mean over the test images.\n"
    "A number whose bars are near 0 says nothing. Click one to see what it does"
)
SPREAD_TIP = tr(
    "Variance over the test images of the mean of q(z_j|x). A unit is active above 0.01 (Burda, Grosse and Salakhutdinov 2016);\n"
    "below it the encoder says the same of every image: the unit has collapsed"
)
TERMS_TIP = tr(
    "Each bar is −ELBO in nats: the error of reconstruction, then the KL of all numbers of the code. The scale does not begin at 0."
)
TILE_TIPS = (
    tr("The image"),
    tr("The decoding of the mean of q(z|x)"),
    tr("What each pixel costs: −log p(x|z) at the mean of q(z|x). Bright pixels cost most"),
)
COLLAPSED = tr("collapsed: it says the same of every image")


class ElboPage(QWidget):
    """Draws; reports which number of the code is chosen.

    Signals
    -------
    unit_chosen(int)
    """

    unit_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: TermsShown | None = None
        self._test: TestTermsShown | None = None
        self._unit: UnitShown | None = None
        self._selected = 0
        self._trouble = ""
        self.kl = UnitBars(theme, tr("KL of each number of the code"), KL_TIP)
        self.spread = UnitBars(theme, tr("Variance of each number of the mean code"), SPREAD_TIP, log=True)
        self.bars = GapBars(theme, tr("Terms of the ELBO"), TERMS_TIP, lined=False)
        self.histogram = DensityPlot(
            theme, tr("ELBO of the test images"), tr("How the bounds of the test images are spread, and where this image is")
        )
        self.tiles = tuple(PictureTile(theme) for _ in range(3))
        self.unit_tiles = tuple(PictureTile(theme) for _ in range(VALUES))
        self.unit_title = QLabel()
        self.facts: dict[str, QLabel] = {name: QLabel() for name in ("spread", "terms")}
        self.facts |= {name: ElidingLabel() for name in ("kl", "histogram", "unit")}  # what is told of them stands in the plot, too
        for label in self.facts.values():
            mark(label, "muted")
        for tile, tip in zip(self.tiles, TILE_TIPS, strict=True):
            tile.setFixedWidth(TILE)
            tile.setToolTip(tip)
        for tile in (*self.tiles, *self.unit_tiles):
            tile.wish(TILE)  # until the page has a size: as high as wide they would make the window higher than a low screen
        self._lay_out()
        for bars in (self.kl, self.spread):
            bars.chosen.connect(self.unit_chosen)
        theme.changed.connect(self._draw)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(self._card(QLabel(tr("KL of each number of the code")), self.kl, self.facts["kl"]), 0, 0)
        grid.addWidget(self._card(QLabel(tr("Which numbers are used: variance of the mean code")), self.spread, self.facts["spread"]), 1, 0)
        grid.addWidget(self._card(self.unit_title, self._row(self.unit_tiles), self.facts["unit"], stretch=0), 2, 0, 1, 2)
        right = Card(self._theme)
        column = QVBoxLayout(right)
        column.setContentsMargins(EDGE, 8, EDGE, 8)
        column.setSpacing(4)
        column.addWidget(QLabel(tr("−ELBO = −E[log p(x|z)] + Σ KL")))
        column.addWidget(self.bars)
        column.addWidget(self.facts["terms"])
        column.addWidget(self._row(self.tiles))
        column.addStretch(1)
        grid.addWidget(right, 0, 1)
        grid.addWidget(self._card(QLabel(tr("ELBO of the test images")), self.histogram, self.facts["histogram"]), 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)

    def _row(self, tiles: tuple[PictureTile, ...]) -> QWidget:
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 4, 0, 0)
        inside.setSpacing(TIGHT if len(tiles) == VALUES else 24)
        for tile in tiles:
            inside.addWidget(tile)
        if len(tiles) < VALUES:
            inside.addStretch(1)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger pictures where there is room for them."""
        super().resizeEvent(event)
        side = TILE if self.height() < HIGH else LARGE_TILE
        for tile in self.tiles:
            tile.setFixedWidth(side)
            tile.wish(side)
        for tile in self.unit_tiles:  # they fill a wide card
            tile.wish((self.width() - 2 * EDGE - (VALUES - 1) * TIGHT) // VALUES)

    def _card(self, title: QLabel, view: QWidget, fact: QLabel, stretch: int = 1) -> Card:
        card = Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(EDGE, 8, EDGE, 8)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(view, stretch)
        column.addWidget(fact)
        return card

    # --- what is shown

    @property
    def count(self) -> int:
        """How many numbers the code has; 0 while that is not known."""
        return 0 if self._image is None else len(self._image.kl)

    def select(self, unit: int) -> None:
        """Mark a number of the code."""
        self._selected = unit
        self._draw()

    def show_terms(self, shown: TermsShown | None) -> None:
        """Of one image; None where there are none."""
        self._image = shown
        self._draw()

    def show_test(self, shown: TestTermsShown | None, trouble: str = "") -> None:
        """Over the test images, or why there are none."""
        self._test, self._trouble = shown, trouble
        self._draw()

    def show_unit(self, shown: UnitShown | None) -> None:
        """What the selected number does."""
        self._unit = shown
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        image, test = self._image, self._test
        selected = min(self._selected, max(0, self.count - 1))
        series = [] if image is None else [Series(tr("this image"), OF_IMAGE, image.kl)]
        if test is not None:
            series.append(Series(tr("mean of the test images"), OF_TEST, test.kl))
        self.kl.set_series(series)
        spreads = [] if test is None else [Series(tr("variance of the mean"), OF_TEST, test.spread)]
        self.spread.set_series(spreads, ACTIVE if spreads else math.nan, tr("active above 0.01"))
        for bars in (self.kl, self.spread):
            bars.select(selected)
        self._draw_terms(image, test)
        self._draw_histogram(image, test)
        self._draw_unit(selected)
        self._say(image, test)

    def _draw_terms(self, image: TermsShown | None, test: TestTermsShown | None) -> None:
        rows = []
        if image is not None and math.isfinite(image.log_likelihood):
            rows.append(BoundRow(tr("this image"), OF_IMAGE, image.log_likelihood, float(image.kl.sum())))
        if test is not None and math.isfinite(test.log_likelihood):
            rows.append(BoundRow(tr("test images"), OF_TEST, test.log_likelihood, float(test.kl.sum())))
        self.bars.set_rows(rows, math.nan)
        pictures = (None, None, None) if image is None else (image.image, image.reconstruction, image.nats if image.nats.size else None)
        white = tr("nats") if image is None or not image.nats.size else tr("nats, white: {most:.1f}", most=image.most_nats)
        names = ((var("x"),), (var("x", "", "hat"),), (words(white),))
        for tile, picture, name in zip(self.tiles, pictures, names, strict=True):
            tile.show_picture(picture, name)

    def _draw_histogram(self, image: TermsShown | None, test: TestTermsShown | None) -> None:
        known = np.zeros(0) if test is None else test.elbos[np.isfinite(test.elbos)]
        if not len(known):
            self.histogram.set_figure(DensityFigure(0, 1, ticks=()))
            return
        here = [] if image is None or not math.isfinite(image.elbo) else [image.elbo]
        low, high = (float(value) for value in np.quantile(known, [0.002, 0.998]))
        low, high = min([low, *here]), max([high, *here])
        room = 0.04 * max(high - low, 1e-3)
        low, high = low - room, high + room
        shares, edges = np.histogram(known, BINS, (low, high))
        density = shares / len(known) / (edges[1] - edges[0])
        marks = tuple((value, OF_IMAGE) for value in here)
        ticks, labels = zip(*round_ticks(low, high), strict=True)
        top = 1.2 * float(density.max())
        self.histogram.set_figure(
            DensityFigure(low, high, edges, density, top=top, marks=marks, ticks=ticks, labels=labels, axis="ELBO [nats]")
        )

    def _draw_unit(self, selected: int) -> None:
        unit = self._unit
        self.unit_title.setText(tr("What number {unit} of the code does: the others stay as they are", unit=selected + 1))
        for number, tile in enumerate(self.unit_tiles):
            known = unit is not None and unit.unit == selected and number < len(unit.tiles)
            value = unit.values[number] if unit is not None and known else 0.0
            named = (var("z", selected + 1), words(f" = {value:g}".replace("-", "−"))) if known else ()
            tile.show_picture(unit.tiles[number] if unit is not None and known else None, named)

    def _say(self, image: TermsShown | None, test: TestTermsShown | None) -> None:
        self.facts["kl"].setText("" if image is None else tr("This image: {kl:.2f} nats together.", kl=float(image.kl.sum())))
        if test is None:
            said = self._trouble or (tr("The test images are being measured…") if image is not None else "")
            self.facts["spread"].setText(said)
            self.facts["spread"].setWordWrap(bool(self._trouble))
            self.facts["histogram"].setText("")
        else:
            active = int((test.spread > ACTIVE).sum())
            self.facts["spread"].setText(tr("{active} of {count} units are active.", active=active, count=len(test.spread)))
            said = tr(
                "ELBO {elbo:.2f} ± {error:.2f} = {said:.2f} − {kl:.2f} nats, over {images:,} images.",
                images=test.images, elbo=test.elbo, error=test.error, said=test.log_likelihood, kl=float(test.kl.sum()),
            )  # fmt: skip
            self.facts["histogram"].setText(said.replace("-", "−"))
        self.facts["terms"].setWordWrap(
            image is not None and not math.isfinite(image.log_likelihood)
        )  # a page that is full is not laid out anew
        if image is None:
            self.facts["terms"].setText("")
        elif not math.isfinite(image.log_likelihood):
            self.facts["terms"].setText(tr("The file says nothing of p(x|z): there is a KL, but no log likelihood and no ELBO."))
        else:
            error = tr(" ± {error:.2f}", error=image.error) if image.error else ""
            said = tr("This image: ELBO {elbo:.2f}{error} nats.", elbo=image.elbo, error=error)
            self.facts["terms"].setText(said.replace("-", "−"))
        self.facts["unit"].setText(self._unit_words(test))

    def _unit_words(self, test: TestTermsShown | None) -> str:
        unit = self._unit
        if unit is None:
            return ""
        said = tr("From −3 to 3 the pixels change by {change:.3f} (root mean square, pixels in [0, 1])", change=unit.change)
        if test is not None and unit.unit < len(test.spread) and test.spread[unit.unit] <= ACTIVE:
            return f"{said}; {COLLAPSED}."
        return f"{said}."

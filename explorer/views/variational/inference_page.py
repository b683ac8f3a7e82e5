"""The Inference page: p(z|x) of one image, each q over it, and what is left to log p(x) by each."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.variational.messages import BoundShown, PosteriorShown, QShown
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe.variational import CodeGaussian
from explorer.views.variational.plots.ellipse_plane import EllipsePlane, Shape, covariance_of
from explorer.views.variational.plots.gap_bars import BoundRow, GapBars
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot
from explorer.widgets.plots.ticks import round_ticks

GAP = 8
DRAWS, ACROSS = 4, 3
NAMES = {"encoder": tr("q of the encoder"), "diagonal": tr("best, diagonal"), "full": tr("best Gaussian"), "own": tr("your q")}
COLOURS = {
    "encoder": OPTION_COLOURS["A"], "diagonal": OPTION_COLOURS["C"], "full": OPTION_COLOURS["exact"], "own": OPTION_COLOURS["B"],
}  # fmt: skip
MAP_TIP = tr(
    "Brightness is the true p(z|x), by quadrature over the plane. Drag the middle of your q to move it,\n"
    "the squares at its rim to make it wider and turn it. Ellipses are one and two standard deviations"
)
IWAE_TIP = tr("The bound with K samples from the encoder's q: the more of them, the nearer to log p(x). K goes by factors of ten")


class InferencePage(QWidget):
    """Draws; reports how the person's q is dragged.

    Signals
    -------
    q_dragged(object)
        The CodeGaussian that is wanted.
    released()
    """

    q_dragged = Signal(object)
    released = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: PosteriorShown | None = None
        self._own: CodeGaussian | None = None
        self._bound: BoundShown | None = None
        self.map = EllipsePlane(theme, tr("p(z|x) over the plane of codes"), MAP_TIP)
        self.bars = GapBars(theme)
        self.iwae = DensityPlot(theme, tr("IWAE bound against the number of samples"), IWAE_TIP)
        self.tiles = tuple(PictureTile(theme) for _ in range(2 + DRAWS))
        self.facts = {name: QLabel() for name in ("map", "gap", "iwae")}
        for label in self.facts.values():
            mark(label, "muted")
            label.setWordWrap(True)
        self._lay_out()
        self.map.moved.connect(lambda _index, x, y: self._drag(mean=(x, y)))
        self.map.reshaped.connect(self._reshape)
        self.map.released.connect(self.released)
        theme.changed.connect(self._draw)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(self._card(tr("The true p(z|x), and each q(z)"), self.map, self.facts["map"]), 0, 0)
        right = Card(self._theme)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(QLabel(tr("log p(x) = ELBO(q) + KL(q ‖ p(z|x))")))
        column.addWidget(self.bars)
        column.addWidget(self.facts["gap"])
        pictures = QGridLayout()
        pictures.setSpacing(8)
        for place, tile in enumerate(self.tiles):
            policy = tile.sizePolicy()
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)  # as high as its width asks: they fill a wide card
            tile.setSizePolicy(policy)
            pictures.addWidget(tile, place // ACROSS, place % ACROSS)
            pictures.setColumnStretch(place % ACROSS, 1)
        column.addLayout(pictures)
        column.addStretch(1)
        grid.addWidget(right, 0, 1, 2, 1)
        grid.addWidget(self._card(tr("More samples, a tighter bound (IWAE)"), self.iwae, self.facts["iwae"]), 1, 0)
        grid.setColumnStretch(0, 9)  # in a window of 1280 this is a pixel's width more for the pictures
        grid.setColumnStretch(1, 10)
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 2)

    def _card(self, title: str, view: QWidget, fact: QLabel) -> Card:
        card = Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(QLabel(title))
        column.addWidget(view, 1)
        column.addWidget(fact)
        return card

    # --- gestures

    @property
    def own(self) -> CodeGaussian | None:
        """The person's q, before it is touched the encoder's; None while nothing is known."""
        return self._own or (self._shown.encoder.q if self._shown is not None else None)

    def _drag(self, mean: tuple[float, float]) -> None:
        own = self.own
        if own is not None:
            self.q_dragged.emit(CodeGaussian(mean, own.sd, own.correlation))

    def _reshape(self, _index: int, covariance: np.ndarray) -> None:
        own, sd = self.own, np.sqrt(np.diag(covariance))
        if own is not None:
            correlation = float(np.clip(covariance[1, 0] / (sd[0] * sd[1]), -0.99, 0.99))
            self.q_dragged.emit(CodeGaussian(own.mean, (max(float(sd[0]), 1e-3), max(float(sd[1]), 1e-3)), correlation))

    # --- what is shown

    def show_own(self, own: CodeGaussian | None) -> None:
        """The person's q; None for the encoder's."""
        self._own = own
        if own is None:
            self._bound = None
        self._draw()

    def show_posterior(self, shown: PosteriorShown) -> None:
        """What is known of the posterior."""
        self._shown = shown
        self._draw()

    def show_bound(self, bound: BoundShown | None) -> None:
        """What is left by the person's q."""
        self._bound = bound
        self._draw()

    def _found(self) -> Iterator[tuple[str, QShown]]:
        """Each q that is known, by its name."""
        shown = self._shown
        if shown is None:
            return
        for name, found in (("encoder", shown.encoder), ("diagonal", shown.diagonal), ("full", shown.full)):
            if found is not None:
                yield name, found
        if self._own is not None and self._bound is not None:
            yield "own", self._bound.found

    def _draw(self, _tokens: object = None) -> None:
        shown = self._shown
        if shown is None:
            return
        found = dict(self._found())
        self.bars.set_rows([BoundRow(NAMES[name], COLOURS[name], q.log_likelihood, q.kl) for name, q in found.items()], shown.log_p)
        self._draw_map(shown, found)
        self._draw_pictures(shown)
        self._draw_iwae(shown)
        self.facts["gap"].setText(self._gap_words(shown, found))

    def _draw_map(self, shown: PosteriorShown, found: dict[str, QShown]) -> None:
        known = math.isfinite(shown.log_p)
        extent = shown.extent if known else _about(shown.encoder.q)
        self.map.set_density(shown.density, extent)
        shapes = [
            Shape(NAMES[name], np.array(q.q.mean), covariance_of(q.q.sd, q.q.correlation), COLOURS[name], dashed=name == "diagonal")
            for name, q in found.items()
            if name != "own"
        ]
        own = self.own
        if own is not None:
            touched = self._own is not None  # until then it is the encoder's, and looks like it
            name, colour = (NAMES["own"], COLOURS["own"]) if touched else ("", COLOURS["encoder"])
            shapes.append(Shape(name, np.array(own.mean), covariance_of(own.sd, own.correlation), colour, draggable=True))
        self.map.set_shapes(shapes, len(shapes) - 1)
        if known:
            (x, y), (a, b) = shown.mean, shown.sd
            said = tr("p(z|x): mean ({x:.2f}, {y:.2f}), deviations {a:.3f} and {b:.3f}", x=x, y=y, a=a, b=b)
            self.facts["map"].setText(said.replace("-", "−"))
        else:
            self.facts["map"].setText(tr("p(z|x) is being summed over the plane…"))

    def _draw_pictures(self, shown: PosteriorShown) -> None:
        self.tiles[0].show_picture(shown.image, (var("x"),))
        bound = self._bound
        named: Formula = (var("x", "", "hat"), words(tr(" of q")))
        self.tiles[1].show_picture(None if bound is None else bound.reconstruction, named)
        for number, tile in enumerate(self.tiles[2:]):
            picture = bound.draws[number] if bound is not None and number < len(bound.draws) else None
            tile.show_picture(picture, (words(tr("a draw")),))

    def _draw_iwae(self, shown: PosteriorShown) -> None:
        if not len(shown.iwae):
            self.iwae.set_figure(DensityFigure(0, 3, ticks=()))
            self.facts["iwae"].setText("")
            return
        samples, values = np.log10(shown.iwae[:, 0]), shown.iwae[:, 1]
        low = float(min(values.min(), shown.encoder.elbo))
        top = max(shown.log_p - low, 1e-3) * 1.12
        low -= 0.05 * top
        curve = Curve(
            "", samples, values - low, COLOURS["encoder"], of=tr("IWAE bound [nats]"), numbers=(shown.iwae[:, 0], shown.iwae[:, 1])
        )
        above = 0.12 * top  # of log p(x): its name stands there
        ticks = [(value, label) for value, label in round_ticks(low, low + top) if abs(value - shown.log_p) > above]
        rows = ((shown.log_p - low, tr("log p(x)")), *((value - low, label) for value, label in ticks))
        labels = ("1", "10", "100", "1000")
        self.iwae.set_figure(
            DensityFigure(0.0, 3.0, curves=(curve,), top=top, ticks=(0, 1, 2, 3), labels=labels, rows=rows, beside=True, axis=tr("samples"))
        )
        count, last = shown.iwae[-1, 0], shown.log_p - float(values[-1])
        left = tr("With {count:.0f} samples {last:.2f} nats are left.", count=count, last=last)
        none = tr("With {count:.0f} samples less than 0.01 nats are left.", count=count)
        self.facts["iwae"].setText(left if last >= 0.01 else none)

    def _gap_words(self, shown: PosteriorShown, found: dict[str, QShown]) -> str:
        if not math.isfinite(shown.log_p):
            return ""
        gap = shown.log_p - shown.encoder.elbo
        if "full" not in found:
            return tr("The encoder's q leaves {gap:.2f} nats.", gap=gap)
        best = shown.log_p - found["diagonal"].elbo
        return tr(
            "The encoder's q leaves {gap:.2f} nats: {best:.2f} that no diagonal Gaussian can say, "
            "{max:.2f} because this encoder does not say the best one (amortization).",
            gap=gap,
            best=best,
            max=max(0.0, gap - best),
        )


def _about(q: CodeGaussian) -> tuple[float, float, float, float]:
    """A square about a q, until the posterior says what is to be seen."""
    half = max(0.12, 6 * max(q.sd))
    return q.mean[0] - half, q.mean[0] + half, q.mean[1] - half, q.mean[1] + half

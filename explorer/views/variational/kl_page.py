"""The KL page: two densities, both divergences with their integrands, and the fit of q."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from explorer.engine.variational.messages import FitShown
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe.variational import MOST_STEPS, REACH, Bump, FitRecipe
from explorer.state.edits import variational as edits
from explorer.state.variational import VariationalState
from explorer.views.variational.plots.ellipse_plane import EllipsePlane, Shape, covariance_of
from explorer.views.variational.plots.integrand import IntegrandView
from explorer.views.variational.plots.line_plot import Handle, LinePlot
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot
from explorer.widgets.plots.ticks import even_ticks

GAP = 8
SEEN = REACH + 1
"""Of the axes, from 0 to either side."""
TICKS = (-6, -4, -2, 0, 2, 4, 6)
TIP = tr(
    "p is what is to be fitted, q the Gaussian that fits it. Drag a handle sideways to move a density,\n"
    "down to make it wider. Double-click adds a part to p, or takes one away"
)
PLANE_TIP = tr(
    "Brightness is p. Drag the middle of an ellipse to move a density; the squares at its rim make it wider\n"
    "and turn it. Ellipses are one and two standard deviations"
)
OF_Q = tr("q (log q − log p): what KL(q ‖ p) adds up. It is large where q is and p is not, so q keeps away from there")
OF_P = tr("p (log p − log q): what KL(p ‖ q) adds up. It is large where p is and q is not, so q goes there")
CURVE = tr("Both divergences at every step of the fit, as far as it is computed. The one that is followed goes down")


class KlPage(QWidget):
    """Draws; reports what is dragged.

    Signals
    -------
    moved(int, object)
        A density by its handle, and its mean.
    widened(int, object, float)
        A density, its standard deviations and its correlation.
    selected(int)
    added(object)
        Mean of one part more.
    removed(int)
    released()
    scrubbed(int)
    """

    moved = Signal(int, object)
    widened = Signal(int, object, float)
    selected = Signal(int)
    added = Signal(object)
    removed = Signal(int)
    released = Signal()
    scrubbed = Signal(int)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = VariationalState()
        self._shown: FitShown | None = None
        self.dimensions = SegmentBar(
            [segment("line", actions["line"], tr("line")), segment("plane", actions["plane"], tr("plane"))], tr("Over")
        )
        self.direction = SegmentBar(
            [segment("seek", actions["seek"], tr("KL(q ‖ p) seeks a mode")), segment("cover", actions["cover"], tr("KL(p ‖ q) covers p"))],
            tr("The divergence that is followed"),
        )
        self.line = LinePlot(theme, tr("Densities p and q"), TIP)
        self.plane = EllipsePlane(theme, tr("Densities p and q over a plane"), PLANE_TIP)
        self.of_q = IntegrandView(theme, tr("Integrand of KL(q ‖ p)"), OF_Q)
        self.of_p = IntegrandView(theme, tr("Integrand of KL(p ‖ q)"), OF_P)
        self.curve = DensityPlot(theme, tr("Both divergences against the steps of the fit"), CURVE)
        self.facts = {name: QLabel() for name in ("q", "p", "curve")}
        for label in self.facts.values():
            mark(label, "muted")
            label.setWordWrap(True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        main = Card(self._theme)
        column = QVBoxLayout(main)
        column.setContentsMargins(12, 8, 12, 8)
        tools = QHBoxLayout()
        tools.setSpacing(16)
        tools.addWidget(self.dimensions)
        tools.addWidget(self.direction)
        tools.addStretch(1)
        column.addLayout(tools)
        self._plots = QStackedLayout()
        self._plots.addWidget(self.line)
        self._plots.addWidget(self.plane)
        column.addLayout(self._plots, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(main, 0, 0, 1, 3)
        titles = {"q": tr("KL(q ‖ p): q (log q − log p)"), "p": tr("KL(p ‖ q): p (log p − log q)"), "curve": tr("Along the fit")}
        for place, (name, view) in enumerate((("q", self.of_q), ("p", self.of_p), ("curve", self.curve))):
            card = Card(self._theme)
            inside = QVBoxLayout(card)
            inside.setContentsMargins(12, 8, 12, 8)
            inside.setSpacing(4)
            inside.addWidget(QLabel(titles[name]))
            inside.addWidget(view, 1)
            inside.addWidget(self.facts[name])
            grid.addWidget(card, 1, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 3)

    def _connect(self) -> None:
        line, plane = self.line, self.plane
        line.dragged.connect(self._drag_line)
        plane.moved.connect(lambda index, x, y: self.moved.emit(self._handle(index), (x, y)))
        plane.reshaped.connect(self._reshape)
        line.added.connect(lambda mean: self.added.emit((mean,)))
        plane.added.connect(lambda x, y: self.added.emit((x, y)))
        line.selected.connect(self.selected)
        plane.selected.connect(lambda index: self.selected.emit(self._handle(index)))
        line.removed.connect(self.removed)
        plane.removed.connect(lambda index: self.removed.emit(self._handle(index)))
        for plot in (line, plane):
            plot.released.connect(self.released)
        self._theme.changed.connect(self._draw)

    def _handle(self, index: int) -> int:
        """Ellipses are drawn with q last, over the others."""
        parts = len(edits.fit_of(self._state).p)
        return 0 if index == parts else index + 1

    def _drag_line(self, handle: int, mean: float, sd: float) -> None:
        if abs(mean - edits.bump(self._state, handle).mean[0]) > 1e-6:
            self.moved.emit(handle, (mean,))
        if abs(sd - edits.bump(self._state, handle).sd[0]) > 1e-6:
            self.widened.emit(handle, (sd,), 0.0)

    def _reshape(self, index: int, covariance: np.ndarray) -> None:
        sd = np.sqrt(np.diag(covariance))
        self.widened.emit(self._handle(index), tuple(sd.tolist()), float(covariance[1, 0] / (sd[0] * sd[1])))

    # --- what is shown

    @property
    def shown(self) -> FitShown | None:
        """What came last; None until something came of densities on a line, or on the plane, as they are now."""
        known = self._shown is not None and len(self._shown.mean) == len(edits.fit_of(self._state).q.mean)
        return self._shown if known else None

    def show_state(self, state: VariationalState) -> None:
        """What the person chose."""
        self._state = state
        fit = edits.fit_of(state)
        self.dimensions.set_current(state.dimensions)
        self.direction.set_current("seek" if fit.direction == "q||p" else "cover")
        self._plots.setCurrentWidget(self.line if state.dimensions == "line" else self.plane)
        self._draw()

    def show_fit(self, shown: FitShown) -> None:
        """Densities and divergences at a step."""
        self._shown = shown
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        shown, state = self.shown, self._state
        fit = edits.fit_of(state)
        if shown is None:
            return
        p_colour, q_colour = OPTION_COLOURS["B"], OPTION_COLOURS["A"]
        if state.dimensions == "line":
            self._draw_line(shown, fit, p_colour, q_colour)
        else:
            self._draw_plane(shown, fit, p_colour, q_colour)
        scale = max(float(np.abs(shown.of_q).max()), float(np.abs(shown.of_p).max()))
        self.of_q.set_values(shown.axis, shown.of_q, scale, SEEN, q_colour)
        self.of_p.set_values(shown.axis, shown.of_p, scale, SEEN, p_colour)
        self.facts["q"].setText(_said(shown.kl_q, shown.closed_q))
        self.facts["p"].setText(_said(shown.kl_p, shown.closed_p))
        self._draw_curve(shown, fit, p_colour, q_colour)

    def _draw_line(self, shown: FitShown, fit: FitRecipe, p_colour: str, q_colour: str) -> None:
        seen = np.abs(shown.axis) <= SEEN
        x = shown.axis[seen]
        parts = tuple(Curve("", x, _bump(part, fit, x), p_colour, "dot", of=tr("part of p")) for part in fit.p) if len(fit.p) > 1 else ()
        curves = (
            Curve("p", x, shown.p[seen], p_colour, "solid", filled=True),
            Curve("q", x, shown.q[seen], q_colour, "solid", filled=True),
        )
        self.line.set_figure(DensityFigure(-SEEN, SEEN, curves=(*curves, *parts), ticks=TICKS))
        q = Handle(float(shown.mean[0]), float(shown.sd[0]), float(shown.q.max()), q_colour)
        handles = [Handle(part.mean[0], part.sd[0], float(_bump(part, fit, np.array(part.mean))[0]), p_colour) for part in fit.p]
        self.line.set_handles((q, *handles), self._state.handle)

    def _draw_plane(self, shown: FitShown, fit: FitRecipe, p_colour: str, q_colour: str) -> None:
        seen = np.abs(shown.axis) <= SEEN
        density = shown.p[np.ix_(seen, seen)].T
        self.plane.set_density(density / max(float(density.max()), 1e-12), (-SEEN, SEEN, -SEEN, SEEN))
        shapes = [
            Shape(tr("p, its parts") if k == 0 else "", np.array(part.mean), covariance_of(part.sd, part.correlation), p_colour, True, True)
            for k, part in enumerate(fit.p)
        ]
        q = Shape("q", shown.mean, covariance_of(shown.sd.tolist(), shown.correlation), q_colour, True)
        self.plane.set_track(shown.track[: shown.step + 1])
        self.plane.set_shapes((*shapes, q), len(fit.p) if self._state.handle == 0 else self._state.handle - 1)

    def _draw_curve(self, shown: FitShown, fit: FitRecipe, p_colour: str, q_colour: str) -> None:
        steps = np.arange(len(shown.curve))
        followed = 0 if fit.direction == "q||p" else 1
        names = ("KL(q ‖ p)", "KL(p ‖ q)")
        curves = tuple(
            Curve(names[k], steps, shown.curve[:, k], (q_colour, p_colour)[k], "solid" if k == followed else "dash") for k in (0, 1)
        )
        top = 1.15 * float(np.max(shown.curve[: max(2, len(steps))]))
        rows = tuple(row for row in even_ticks(0.0, top) if row[0] < 0.95 * top)
        marks = ((float(shown.step), self._theme.tokens.text),)
        ticks = (0, 50, 100, 150, 200)
        figure = DensityFigure(
            0.0, float(MOST_STEPS), curves=curves, top=top, marks=marks, ticks=ticks, rows=rows, beside=True, axis=tr("step")
        )
        self.curve.set_figure(figure)
        self.facts["curve"].setText(
            tr("step {step} of {most_steps}: {names} is followed", step=shown.step, most_steps=MOST_STEPS, names=names[followed])
        )


def _bump(part: Bump, fit: FitRecipe, x: np.ndarray) -> np.ndarray:
    """The share of p that one part is, over a line."""
    share = part.weight / sum(each.weight for each in fit.p)
    return share * np.exp(-0.5 * ((x - part.mean[0]) / part.sd[0]) ** 2) / (part.sd[0] * math.sqrt(2 * math.pi))


def _said(value: float, closed: float) -> str:
    text = tr("{value:.4f} nats", value=value) if value < 1000 else tr("{value:.4g} nats", value=value)
    return text if math.isnan(closed) else tr("{text}; by the formula between Gaussians {closed:.4f}", text=text, closed=closed)

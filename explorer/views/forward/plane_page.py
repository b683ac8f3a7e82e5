"""Two dimensions: the exact process of points beside a small network that learns them, under one cursor."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.chain2d_messages import Chain2DShown, Chain2DWalked, Learning2D, Learnt2DShown
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe.chain2d import Chain2D
from explorer.state.edits.chain2d import has_points
from explorer.state.forward import ForwardState
from explorer.views.forward.noise_page import LevelsCard
from explorer.views.forward.plots.plane_map import Cloud, PlaneMap, PlaneScene, arrow_scale, down_to
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot
from explorer.widgets.plots.figure import Axes, Figure, Series

GAP = 8
LAYERS = {
    "density": tr("density"), "points": tr("points"), "arrows": tr("arrows"), "paths": tr("paths"), "particles": tr("particles"),
}  # fmt: skip
SAMPLERS = {"ddpm": tr("DDPM"), "ode": tr("ODE"), "both": tr("both")}
EXACT_TIP = tr(
    "Brightness is q(x_t). Arrows are √(1 − ᾱ) ∇ log q(x_t) = −E[ε | x_t]; dots are particles of the exact reverse process.\n"
    "Drag a point of q(x₀); double-click adds one, or takes one away. With the pen (P) draw points, with Shift rub them out."
)
LEARNT_TIP = tr(
    "The same by the network: arrows are −eps_hat, in the scale of those beside it; the particles begin at the same x_T and get\n"
    "the same noise. Brightness is the exact q(x_t)."
)
LOSS_TIP = tr(
    "Loss of Algorithm 1 while the network learns, less that of the exact process on the same draws: the least there can be.\n"
    "What is left is what the network does not know yet"
)
DECADES = 4
"""Powers of ten of the plot of the loss."""
ERROR_TIP = tr("Root mean square of eps_hat − E[ε | x_t] over q(x_t), against t: how far the learnt score is from the exact one")
APART_TIP = tr("Energy distance of the particles at t = 0 from draws of q(x₀), about 0 for the exact process")
HEAD = 32
"""Height of the row over a map: both maps are of one size."""
WAIT = tr("Drawing with the pen adds points here: press the mouse and draw.")


class PlanePage(QWidget):
    """Draws; its maps, segments and plots report gestures themselves."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = ForwardState()
        self._t = 0
        self._shown: Chain2DShown | None = None
        self._learnt: Learnt2DShown | None = None
        self._learning: Learning2D | None = None
        self._walked: dict[str, Chain2DWalked | None] = {"exact": None, "learnt": None}
        self.exact = PlaneMap(theme, tr("The exact process"), EXACT_TIP, editable=True)
        self.learnt = PlaneMap(theme, tr("The learnt process"), LEARNT_TIP, editable=False)
        self.layers = SegmentBar(
            [segment(name, actions[f"layer_{name}"], label) for name, label in LAYERS.items()], tr("What is drawn"), exclusive=False
        )
        self.samplers = SegmentBar([segment(n, actions[f"by_{n}"], label) for n, label in SAMPLERS.items()], tr("How particles walk"))
        self.options = SegmentBar([segment(n, actions[f"option_{n}"], n) for n in "ABCV"], tr("What the network predicts"))
        self.learn = ActionButton(actions["learn"], tr("Learn"))
        self.pen, self.clear = IconButton(actions["pen"]), IconButton(actions["clear"])
        self.loss = DensityPlot(theme, tr("Loss above the exact process's, against updates"), LOSS_TIP)
        self.errors = CurvePlot(theme)
        self.errors.setToolTip(ERROR_TIP)
        self.facts = {name: ElidingLabel("") for name in ("exact", "learnt", "loss")}
        for label in self.facts.values():
            mark(label, "muted")
        self._lay_out()
        theme.changed.connect(self.redraw)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.layers)
        tools.addStretch(1)
        tools.addWidget(self.pen)
        tools.addWidget(self.clear)
        tools.addSpacing(8)
        tools.addWidget(self.samplers)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addLayout(tools, 0, 0, 1, 2)
        grid.addWidget(self._card(QLabel(tr("Exact")), (), self.exact, self.facts["exact"]), 1, 0)
        grid.addWidget(self._card(QLabel(tr("Learnt")), (self.options, self.learn), self.learnt, self.facts["learnt"]), 1, 1)
        self._error_card = LevelsCard(self._theme, tr("Error of eps_hat"), self.errors)
        grid.addWidget(self._card(QLabel(tr("Loss above exact")), (), self.loss, self.facts["loss"]), 2, 0)
        grid.addWidget(self._error_card, 2, 1)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 5)
        grid.setRowStretch(2, 2)

    def _card(self, title: QLabel, tools: tuple[QWidget, ...], view: QWidget, fact: QLabel) -> Card:
        card = Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        title.setMinimumHeight(HEAD if isinstance(view, PlaneMap) else 0)
        head.addWidget(title)
        head.addWidget(fact, 1)
        for tool in tools:
            head.addWidget(tool)
        column.addLayout(head)
        column.addWidget(view, 1)
        return card

    def picture(self) -> QImage:
        """Both maps beside each other, larger than on the screen."""
        left, right = self.exact.picture(), self.learnt.picture()
        found = QImage(left.width() + right.width(), max(left.height(), right.height()), QImage.Format.Format_RGB32)
        found.fill(QColor(self._theme.tokens.card))
        painter = QPainter(found)
        for picture, x in ((left, 0), (right, left.width())):
            picture.setDevicePixelRatio(1.0)
            painter.drawImage(x, 0, picture)
        painter.end()
        return found

    # --- what is shown ---

    @property
    def shown(self) -> Chain2DShown | None:
        """q(x_t), as it came last."""
        return self._shown

    @property
    def walked(self) -> dict[str, Chain2DWalked | None]:
        """Particles, "exact" and "learnt"; None until they have come."""
        return self._walked

    @property
    def learning(self) -> Learning2D | None:
        """How far the network is."""
        return self._learning

    def show_recipe(self, state: ForwardState, t: int) -> None:
        """What the person chose."""
        self._state, self._t = state, t
        plane = state.recipe.plane
        for name in LAYERS:
            self.layers.button(name).setChecked(name in state.layers)
        self.samplers.set_current(plane.walk.sampler)
        self.options.set_current(plane.network.option)
        self.exact.set_pen(state.pen)
        self._error_card.set_cursor(t)
        self.redraw()

    def show_chain(self, shown: Chain2DShown) -> None:
        """q(x_t) and its score."""
        self._shown = shown
        self.redraw()

    def show_learnt(self, learnt: Learnt2DShown | None) -> None:
        """The learnt score; None where there is no network yet."""
        self._learnt = learnt
        self.redraw()

    def show_learning(self, learning: Learning2D | None) -> None:
        """How far the network is; None where none has begun."""
        self._learning = learning
        self._draw_learning()
        self._say()

    def show_walked(self, who: str, walked: Chain2DWalked | None) -> None:
        """Particles of one of the two; None where they are yet to come."""
        self._walked[who] = walked
        self.redraw()

    def redraw(self, _tokens: object = None) -> None:
        """All of it, as it is known."""
        self._draw_maps()
        self._draw_learning()
        self._say()

    @property
    def _plane(self) -> Chain2D:
        return self._state.recipe.plane

    def _draw_maps(self) -> None:
        shown, layers, empty = self._shown, self._state.layers, not has_points(self._plane.points)
        self.exact.say(WAIT if empty else "")
        self.learnt.say("" if empty or self._walked["learnt"] is not None or self._learnt is not None else self._why_none())
        if shown is None or empty:
            self.exact.show_scene(PlaneScene())
            self.learnt.show_scene(PlaneScene())
            return
        cells = round(len(shown.places) ** 0.5)
        scale = arrow_scale(shown.arrows, cells) if shown.t else 0.1
        learnt = None if self._learnt is None or self._learnt.t != shown.t else self._learnt.arrows
        muted, nothing = self._theme.tokens.muted, np.zeros((0, 2), np.float32)
        for view, who, arrows in ((self.exact, "exact", shown.arrows), (self.learnt, "learnt", learnt)):
            drawn = arrows is not None and "arrows" in layers and shown.t > 0
            view.show_scene(
                PlaneScene(
                    density=shown.density if "density" in layers else np.zeros((0, 0), np.float32),
                    points=shown.points if "points" in layers or (self._state.pen and who == "exact") else nothing,
                    places=shown.places if drawn else nothing, arrows=arrows if drawn and arrows is not None else nothing, scale=scale,
                    clouds=self._clouds(who), trails="paths" in layers, dots="particles" in layers, colour=muted,
                )
            )  # fmt: skip

    def _clouds(self, who: str) -> tuple[Cloud, ...]:
        walked = self._walked[who]
        if walked is None:
            return ()
        own = OPTION_COLOURS["exact"] if who == "exact" else OPTION_COLOURS[self._plane.network.option]
        names = {"ddpm": tr("DDPM"), "ode": tr("ODE")}
        alone = len(walked.paths) == 1
        return tuple(
            Cloud(
                "" if alone else names[name], down_to(states, walked.timesteps, self._t),
                own if alone or name == "ddpm" else self._theme.tokens.text, hollow=not alone and name == "ode",
                jittery=name == "ddpm",
            )
            for name, states in walked.paths.items()
        )  # fmt: skip

    def _why_none(self) -> str:
        return tr("The network begins to learn.") if self._state.learn else tr("Press Learn (T): a small network learns these points.")

    def _draw_learning(self) -> None:
        learning = self._learning
        if learning is None or not len(learning.losses):
            self.loss.set_figure(DensityFigure(0.0, 1.0, ticks=()))
            self._error_card.show_figure(Figure(Axes(self._state.recipe.schedule.T, 0, 1)), self._t)
            return
        updates, losses, least = learning.losses.T
        colour = OPTION_COLOURS[self._plane.network.option]
        excess = np.maximum(losses - least, 1e-30)
        high = math.ceil(math.log10(float(np.quantile(excess, 0.95))))  # of Option A, whose target hardly differs from x_t, far lower
        low = high - DECADES
        total = float(learning.total)
        ticks = tuple(round(total * k / 4) for k in range(5))
        rows = tuple((float(power - low), f"{10.0**power:g}".replace("-", "−")) for power in range(low + 1, high))
        curve = Curve(
            "",
            updates,
            np.clip(np.log10(excess), low, high) - low,
            colour,
            of=tr("loss above the least"),
            numbers=(updates, losses - least),
        )
        figure = DensityFigure(0.0, total, curves=(curve,), top=float(DECADES), ticks=ticks, rows=rows, beside=True, axis=tr("update"))
        self.loss.set_figure(figure)
        errors = learning.errors
        series = (Series(tr("error"), errors[:, 0], errors[:, 1], colour),) if len(errors) else ()
        top = max(0.2, 1.1 * float(np.max(errors[:, 1]))) if len(errors) else 1.0
        self._error_card.show_figure(Figure(Axes(self._state.recipe.schedule.T, 0, top), series), self._t)

    def _say(self) -> None:
        learning = self._learning
        if learning is None:
            self.facts["loss"].setText("")
        else:
            words = tr("{done} of {total}", done=learning.updates, total=learning.total)
            if len(learning.losses):
                words = tr(
                    "{words} · {loss}, exact {least}", words=words, loss=f"{learning.losses[-1, 1]:.3g}",
                    least=f"{float(learning.losses[-8:, 2].mean()):.3g}",
                )  # fmt: skip
            self.facts["loss"].setText(words)
        for who in ("exact", "learnt"):
            walked = self._walked[who]
            values = () if walked is None else tuple(walked.apart.items())
            said = " / ".join(f"{value:.3f}".replace("-", "−") for _, value in values)
            view = self.exact if who == "exact" else self.learnt
            drawn = sum(cloud.states.shape[1] for cloud in view.scene.clouds)
            points = 0 if self._shown is None else len(self._shown.points)
            view.setAccessibleDescription(tr("{points} points, {drawn} particles at t = {t}", points=points, drawn=drawn, t=self._t))
            self.facts[who].setText(tr("{said} from q(x₀)", said=said) if said else "")
            names = ", ".join(name.upper() for name, _ in values)
            self.facts[who].setToolTip(tr("{tip}: {names}", tip=APART_TIP, names=names) if said else "")

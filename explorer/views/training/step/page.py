"""The Step page: the computation graph, Algorithm 1, the gradient in every block, and the loss update by update."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.training.messages import TrainingStepShown
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe.step import MOST_UPDATES
from explorer.state.training import TrainingState
from explorer.views.training.step.algorithm import TITLES, after_updates, change, line_count, lines_of, short
from explorer.views.training.step.algorithm_view import AlgorithmView
from explorer.views.training.step.gradient_bars import GradientBars
from explorer.views.training.step.graph_view import StepGraphView
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot
from explorer.widgets.plots.ticks import round_ticks

GAP = 10
LEAST_SPAN = 10
GROUPS = 50
LOSS_TIP = tr(
    "Loss before each update, and after the last; in the form of all timesteps, the loss against t, as means over a fiftieth of them"
)


class StepPage(QWidget):
    """Draws; reports which line is wanted.

    Signals
    -------
    line_chosen(int)
        From 1.
    """

    line_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: TrainingStepShown | None = None
        self._state = TrainingState()
        self.graph, self.algorithm, self.bars = StepGraphView(theme), AlgorithmView(theme), GradientBars(theme)
        self.losses = DensityPlot(theme, tr("Loss update by update"), LOSS_TIP)
        self.titles = {name: ElidingLabel() for name in ("graph", "algorithm", "bars", "losses")}
        self.facts = {name: QLabel() for name in ("bars", "losses")}
        for label in self.facts.values():
            mark(label, "muted")
            label.setWordWrap(True)
        self.after = SegmentBar(
            [segment("before", actions["before"], tr("before")), segment("after", actions["after"], tr("after"))], tr("Output")
        )
        self._lay_out(actions)
        self.graph.line_chosen.connect(self.line_chosen)
        self.algorithm.line_chosen.connect(self.line_chosen)
        theme.changed.connect(self._draw)

    def _lay_out(self, actions: Actions) -> None:
        self.bar = QWidget()
        bar = QHBoxLayout(self.bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(8)
        for name in ("first_line", "line_back", "line_on", "last_line"):
            bar.addWidget(IconButton(actions[name], width=32))
        bar.addSpacing(8)
        self.update_button = ActionButton(actions["update"])
        mark(self.update_button, "primary")
        for button in (self.update_button, ActionButton(actions["back_update"]), ActionButton(actions["restart"])):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self.after)
        grid = QGridLayout()
        grid.setSpacing(GAP)
        grid.addWidget(self._card("graph", self.graph), 0, 0, 1, 3)
        grid.addWidget(self._card("algorithm", self.algorithm), 1, 0)
        grid.addWidget(self._card("bars", self.bars), 1, 1)
        grid.addWidget(self._card("losses", self.losses), 1, 2)
        for place, share in enumerate((16, 10, 9)):
            grid.setColumnStretch(place, share)
        grid.setRowStretch(0, 10)
        grid.setRowStretch(1, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(grid, 1)

    def _card(self, name: str, view: QWidget) -> Card:
        card = Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.titles[name], 0, Qt.AlignmentFlag.AlignTop)  # where there is nothing under it, too
        column.addWidget(view, 1)
        if name in self.facts:
            column.addWidget(self.facts[name])
        return card

    @property
    def shown(self) -> TrainingStepShown | None:
        """What is shown; None before there is anything."""
        return self._shown

    @property
    def lines(self) -> int:
        """Of the algorithm that is shown."""
        return line_count(self._option)

    @property
    def _option(self) -> str:
        return "C" if self._shown is None else self._shown.option

    @property
    def line(self) -> int:
        """The line that is lit."""
        return min(self._state.line, self.lines)

    def show_state(self, state: TrainingState) -> None:
        """What the person chose."""
        self._state = state
        self.after.set_current("after" if state.after else "before")
        self._draw()

    def show_step(self, shown: TrainingStepShown | None) -> None:
        """What the engine found; None where it found nothing."""
        self._shown = shown
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        state, shown = self._state, self._shown
        recipe = state.recipe if shown is None else shown.recipe  # what is shown belongs together, until what was asked for has come
        self.titles["algorithm"].setText(
            tr("{title}, all timesteps", title=TITLES[self._option]) if recipe.all_timesteps else TITLES[self._option]
        )
        self.algorithm.show_lines(lines_of(self._option, recipe.all_timesteps, shown, recipe), self.line)
        self.titles["bars"].setText(tr("Gradient in every block, L2 norm"))
        self.titles["graph"].setText(tr("One training step"))
        self.graph.setVisible(shown is not None)
        reached = self.line >= self.lines
        self.bars.show_blocks(shown.blocks if shown is not None and reached else ())
        if shown is None:
            for label in self.facts.values():
                label.setText("")
            self.losses.set_figure(DensityFigure(0, 1, ticks=()))
            return
        title = tr("One training step of {model}", model=shown.model)
        if recipe.updates:
            title = tr("{title}, {after} of a copy", title=title, after=after_updates(recipe.updates))
        self.titles["graph"].setText(title)
        self.graph.show_step(shown, self.line, state.after and reached)
        self.facts["bars"].setText(self._gradient_words(shown) if reached else tr("The last line computes it."))
        self._draw_losses(shown)

    def _gradient_words(self, shown: TrainingStepShown) -> str:
        return tr("Together {gradient}; η = {rate}.", gradient=short(shown.gradient), rate=short(shown.rate))

    @property
    def _known(self) -> int:
        """How many losses the walk has come to: before the last line only those that led here, and before the one before not this one."""
        updates = 0 if self._shown is None else self._shown.recipe.updates
        return updates + 2 - (self.line < self.lines) - (self.line < self.lines - 1)

    def _draw_losses(self, shown: TrainingStepShown) -> None:
        if len(shown.by_timestep):
            self.titles["losses"].setText(tr("Loss of every t"))
            self.losses.set_figure(self._by_timestep(shown))
        else:
            self.titles["losses"].setText(tr("Loss update by update"))
            self.losses.set_figure(self._by_update(shown))
        self.facts["losses"].setText(self._loss_words(shown))

    def _by_timestep(self, shown: TrainingStepShown) -> DensityFigure:
        colour = OPTION_COLOURS.get(shown.option, self._theme.tokens.accent)
        ticks = tuple(float(round(shown.T * share)) for share in (0, 0.25, 0.5, 0.75, 1))
        known, curves = self._known - shown.recipe.updates, []
        t, before = _smooth(shown.by_timestep)
        if known >= 1:
            curves.append(Curve(tr("before"), t, before, self._theme.tokens.muted))
        if known >= 2 and len(shown.by_timestep_after):  # they are all but the same: both shall be seen
            curves.append(Curve(tr("after"), t, _smooth(shown.by_timestep_after)[1], colour, "dash"))
        top = 1.1 * float(np.quantile(before, 0.995))
        marks = ((shown.t, self._theme.tokens.accent),)
        rows = tuple(round_ticks(0.0, top)) if curves else ()
        return DensityFigure(0.0, float(shown.T), curves=tuple(curves), top=top, marks=marks, ticks=ticks, rows=rows, beside=True, axis="t")

    def _by_update(self, shown: TrainingStepShown) -> DensityFigure:
        colour = OPTION_COLOURS.get(shown.option, self._theme.tokens.accent)
        losses = shown.losses[: self._known]
        span = max(LEAST_SPAN, len(shown.losses) - 1)
        ticks = tuple(range(0, span + 1, max(1, span // 5)))
        marks = ((float(shown.recipe.updates), self._theme.tokens.accent),)
        if not len(losses):
            return DensityFigure(0.0, float(span), top=1.0, marks=marks, ticks=ticks, axis=tr("update"))
        number = np.arange(len(losses), dtype=np.float64)
        low, high = float(losses.min()), float(losses.max())
        pad = max(0.25 * (high - low), 0.02 * high)
        rows = tuple((value - low + pad, short(value)) for value in sorted({float(losses[0]), float(losses[-1])}))
        curve = Curve("", number, losses - low + pad, colour, of=tr("loss"), numbers=(number, losses))
        top = high - low + 2 * pad
        return DensityFigure(
            0.0, float(span), curves=(curve,), top=top, marks=marks, ticks=ticks, rows=rows, beside=True, axis=tr("update")
        )

    def _loss_words(self, shown: TrainingStepShown) -> str:
        at = shown.recipe.updates
        if self.line < self.lines:
            return tr("The last line makes the update.")
        if len(shown.losses) <= at + 1:
            return tr("The update is being made…")
        before, after = float(shown.losses[at]), float(shown.losses[at + 1])
        said = tr("This update: {before} → {after} ({change}).", before=short(before), after=short(after), change=change(before, after))
        if len(shown.by_timestep_after):
            falls = int((shown.by_timestep_after < shown.by_timestep).sum())
            said += " " + tr("It falls at {falls} of {T} timesteps.", falls=falls, T=shown.T)
        if after > before:
            said += " " + tr("It went up: the step is too long for this curvature, take a smaller η.")
        if at and at < MOST_UPDATES:
            whole = change(float(shown.losses[0]), after)
            said += " " + tr("From the start: {change}.", change=whole)
        return said


def _smooth(losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles of groups of neighbouring timesteps, and the mean loss of each group: one t alone depends much on its noise."""
    size = max(1, len(losses) // GROUPS)
    count = len(losses) // size
    kept = losses[: count * size].reshape(count, size).mean(axis=1)
    return 1 + size * (np.arange(count) + 0.5) - 0.5, kept

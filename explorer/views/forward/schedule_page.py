"""Schedules: log SNR with its control points, alpha_bar and beta against t, and what x_T is then."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from explorer.diffusion.knots import HIGHEST, LOWEST
from explorer.engine.forward.messages import ScheduleShown
from explorer.recipe.forward import LEAST_T, MOST_T, ForwardSchedule
from explorer.views.forward.end_card import EndCard
from explorer.views.forward.noise_page import LevelsCard
from explorer.views.forward.plots.bend_plot import BendPlot
from explorer.views.shared.labels import term_colours
from explorer.widgets.controls.buttons import ActionButton
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme, Tokens
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series

GAP = 8
SHAPES = (
    Segment("linear", tr("linear"), tr("β rises evenly from 1e-4 to 0.02 (Ho et al. 2020), rescaled by 1000 / T")),
    Segment("cosine", tr("cosine"), tr("ᾱ falls as a squared cosine (Nichol and Dhariwal 2021)")),
    Segment("bent", tr("bent"), tr("Your own: log SNR through the control points that you drag")),
)
LEAST_BETA = 1e-6


class SchedulePage(QWidget):
    """Draws; reports gestures.

    Signals
    -------
    shape_chosen(str)
    T_committed(int)
    """

    shape_chosen = Signal(str)
    T_committed = Signal(int)

    def __init__(self, theme: Theme, use: QAction, train: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shapes = SegmentBar(SHAPES, tr("Schedule"))
        self.shapes.chosen.connect(self.shape_chosen)
        self.T = IntField(LEAST_T, MOST_T, tr("Timesteps T"), tr("Number of timesteps T"))
        self.T.committed.connect(self.T_committed)
        self.use, self.train = ActionButton(use, tr("Use in Reverse chain")), ActionButton(train, tr("Use in Training…"))
        self.bend = BendPlot(theme)
        self.levels = CurvePlot(theme)
        self.betas = CurvePlot(theme)
        self._snr_card = LevelsCard(theme, tr("log SNR: drag the points"), self.bend)
        self._level_card = LevelsCard(theme, "ᾱ", self.levels)
        self._beta_card = LevelsCard(theme, "β", self.betas)
        self.end = EndCard(theme)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.shapes)
        tools.addSpacing(8)
        label = QLabel("T")
        mark(label, "muted")
        tools.addWidget(label)
        tools.addWidget(self.T)
        tools.addStretch(1)
        tools.addWidget(self.train)
        tools.addWidget(self.use)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addLayout(tools, 0, 0, 1, 2)
        grid.addWidget(self._snr_card, 1, 0, 2, 1)
        grid.addWidget(self._level_card, 1, 1)
        grid.addWidget(self._beta_card, 2, 1)
        grid.addWidget(self.end, 3, 0, 1, 2)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 4)
        grid.setRowStretch(1, 3)
        grid.setRowStretch(2, 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger pictures of x_T in a larger window."""
        self.end.set_side(168 if self.height() >= 760 else 112)

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """What can be scrubbed."""
        return self.bend, self.levels, self.betas

    def show_choice(self, schedule: ForwardSchedule) -> None:
        """What the person chose."""
        self.shapes.set_current(schedule.shape)
        self.T.show_value(schedule.T)

    def show_schedule(self, shown: ScheduleShown, t: int) -> None:
        """Curves, control points, and x_T."""
        figures = figures_of(shown, self._theme.tokens)
        for card, figure in zip((self._snr_card, self._level_card, self._beta_card), figures, strict=True):
            card.show_figure(figure, t)
        self.bend.set_knots(shown.knots)
        self.end.show_end(shown)

    def set_cursor(self, t: int) -> None:
        """The cursor moved."""
        for card in (self._snr_card, self._level_card, self._beta_card):
            card.set_cursor(t)


def figures_of(shown: ScheduleShown, tokens: Tokens) -> tuple[Figure, Figure, Figure]:
    """log SNR, alpha_bar and beta, with the named schedules thinly beside them."""
    T = shown.schedule.T
    times, steps, colours = np.arange(T + 1), np.arange(1, T + 1), term_colours(tokens)
    others = {name: level for name, level in shown.others.items() if name != shown.schedule.shape}
    strokes = {"linear": "dash", "cosine": "dot"}
    snr, levels, betas = [], [], []
    for name, level in others.items():
        stroke = strokes[name]
        with np.errstate(divide="ignore"):
            snr.append(Series(name, steps, np.log(level[1:]) - np.log1p(-level[1:]), tokens.faint, stroke))  # type: ignore[arg-type]
        levels.append(Series(name, times, level, tokens.faint, stroke))  # type: ignore[arg-type]
        betas.append(Series(name, steps, 1 - level[1:] / level[:-1], tokens.faint, stroke))  # type: ignore[arg-type]
    snr.append(Series(tr("log SNR"), steps, shown.log_snr[1:], tokens.accent))
    levels.append(Series("ᾱ", times, shown.alpha_bar, colours["x0_hat"]))
    betas.append(Series("β", steps, np.maximum(shown.betas, LEAST_BETA), colours["z"]))
    return (
        Figure(Axes(T, LOWEST, HIGHEST + 1), tuple(snr), unit=tr("log SNR")),
        Figure(Axes(T, 0, 1), tuple(levels), unit="ᾱ"),
        Figure(Axes(T, LEAST_BETA, 1, log=True), tuple(betas), unit="β"),
    )

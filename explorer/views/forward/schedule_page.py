"""Schedules: log SNR with its control points, alpha_bar and beta against t, and what x_T is then."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.diffusion.knots import HIGHEST, LOWEST
from explorer.engine.forward.messages import EndOf, ScheduleShown
from explorer.recipe.forward import LEAST_T, MOST_T, ForwardSchedule
from explorer.views.forward.noise_page import LevelsCard
from explorer.views.forward.plots.bend_plot import BendPlot
from explorer.views.forward.words import nats, short
from explorer.views.shared.labels import term_colours
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.sharp import squared
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme, Tokens
from explorer.widgets.look.warning import set_warning
from explorer.widgets.pictures.picture_tile import PictureTile
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series

GAP = 8
SHAPES = (
    Segment("linear", "linear", "β rises evenly from 1e-4 to 0.02 (Ho et al. 2020), rescaled by 1000 / T"),
    Segment("cosine", "cosine", "ᾱ falls as a squared cosine (Nichol and Dhariwal 2021)"),
    Segment("bent", "bent", "Your own: log SNR through the control points that you drag"),
)
GOOD_END = 0.1
"""L_T in nats, below which x_T counts as N(0, I)."""
LEAST_BETA = 1e-6
ENDS = ("this image", "10,000 test images", "N(0, I)")
DIGIT_COLUMNS = 4
LAST_ROW = "L_T"
LT, LT_PIXELS = (var("L", "T"), words(" = KL to N(0, I)")), 13


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
        self.shapes = SegmentBar(SHAPES, "Schedule")
        self.shapes.chosen.connect(self.shape_chosen)
        self.T = IntField(LEAST_T, MOST_T, "Timesteps T", "Number of timesteps T")
        self.T.committed.connect(self.T_committed)
        self.use, self.train = QPushButton("Use in Reverse chain"), QPushButton("Use in Training…")
        for button, action in ((self.use, use), (self.train, train)):
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text().replace("&", ""))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
        self.bend = BendPlot(theme)
        self.levels = CurvePlot(theme)
        self.betas = CurvePlot(theme)
        self._snr_card = LevelsCard(theme, "log SNR: drag the points", self.bend)
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
    snr.append(Series("log SNR", steps, shown.log_snr[1:], tokens.accent))
    levels.append(Series("ᾱ", times, shown.alpha_bar, colours["x0_hat"]))
    betas.append(Series("β", steps, np.maximum(shown.betas, LEAST_BETA), colours["z"]))
    return (
        Figure(Axes(T, LOWEST, HIGHEST + 1), tuple(snr)),
        Figure(Axes(T, 0, 1), tuple(levels)),
        Figure(Axes(T, LEAST_BETA, 1, log=True), tuple(betas)),
    )


class EndCard(Card):
    """What x_T is: pictures, numbers, and whether it is N(0, I)."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self._tiles = tuple(PictureTile(theme) for _ in range(3))
        tips = ("The image at T", "The mean of q(x_T | x₀): what is left of the image", "Twelve test images at T: can you read them?")
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self._values: dict[tuple[str, str], QLabel] = {}
        facts = QGridLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(3)
        facts.setColumnStretch(len(ENDS) + 1, 1)
        for column, name in enumerate(ENDS, 1):
            label = QLabel(name)
            mark(label, "muted")
            facts.addWidget(label, 0, column)
        for row, (name, tip) in enumerate(ROWS.items(), 1):
            what: QWidget = MathLabel(theme, LT, LT_PIXELS) if name == LAST_ROW else QLabel(name)
            what.setToolTip(tip)
            mark(what, "muted")
            facts.addWidget(what, row, 0)
            for column, end in enumerate(ENDS, 1):
                value = QLabel()
                value.setToolTip(tip)
                self._values[name, end] = value
                facts.addWidget(value, row, column)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.verdict)
        right.addLayout(facts)
        right.addStretch(1)
        self.set_side(112)
        row_ = QHBoxLayout(self)
        row_.setContentsMargins(12, 12, 12, 4)
        row_.setSpacing(12)
        for tile, tip in zip(self._tiles, tips, strict=True):
            tile.setToolTip(tip)
            row_.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        row_.addSpacing(4)
        row_.addLayout(right, 1)

    def set_side(self, side: int) -> None:
        """Width of the pictures."""
        for tile in self._tiles:
            tile.setFixedSize(side, tile.heightForWidth(side))

    def show_end(self, shown: ScheduleShown) -> None:
        """Pictures and numbers of x_T."""
        T = shown.schedule.T
        formulas = ((var("x", T),), (words("mean of "), var("x", T)), (words("12 digits at T"),))
        for tile, picture, formula in zip(
            self._tiles, (squared(shown.end), squared(shown.end_mean), _mosaic(shown.digits)), formulas, strict=True
        ):
            tile.show_picture(picture, formula)
        for name, end in ((ENDS[0], shown.image), (ENDS[1], shown.data)):
            for row, text in zip(ROWS, _texts(end), strict=True):
                self._values[row, name].setText(text)
        for row, text in zip(ROWS, ("0", "1", "1", "0 nats"), strict=True):
            self._values[row, ENDS[2]].setText(text)
        good = shown.data.kl < GOOD_END
        self.verdict.setText(
            f"At T the images are N(0, I) to within {nats(shown.data.kl)}: sampling may start from N(0, I)."
            if good
            else f"At T it is not N(0, I): {nats(shown.data.kl)} of the images are left. A chain from N(0, I) starts elsewhere."
        )
        set_warning(self.verdict, not good, self._theme)


ROWS = {
    "size of the mean": "Root mean square over the pixels of √ᾱ_T · x₀, the mean of q(x_T | x₀)",
    "variance given x₀": "Of every pixel of q(x_T | x₀): 1 − ᾱ_T",
    "variance of all values": "With x₀'s own spread: ᾱ_T · var(x₀) + 1 − ᾱ_T",
    LAST_ROW: "KL( q(x_T | x₀) ‖ N(0, I) ), in nats for a whole image: the term of the bound that no network can change",
}


def _texts(end: EndOf) -> tuple[str, ...]:
    return _fine(end.mean), _fine(end.variance), _fine(end.total_variance), nats(end.kl)


def _fine(value: float) -> str:
    return short(value, 4) if not math.isclose(value, 1, abs_tol=1e-3) or value == 1 else short(value, 6)


def _mosaic(digits: np.ndarray) -> np.ndarray | None:
    if len(digits) < DIGIT_COLUMNS:
        return None
    rows = len(digits) // DIGIT_COLUMNS
    _, height, width, _ = digits.shape
    grid = digits[: rows * DIGIT_COLUMNS].reshape(rows, DIGIT_COLUMNS, height, width, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * height, DIGIT_COLUMNS * width, 3))

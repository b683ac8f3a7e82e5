"""Bars along t, from T (left) to 1 (right), with error bars and the cursor; clicking or dragging scrubs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.bar_scale import TimeScale, fitting_scale
from explorer.widgets.plots.table import Column, against
from explorer.widgets.plots.value_plot import LINE_HEIGHT, ValuePlot, edges

PANEL_GAP = 12
PLATE = 210
"""How much of the ground lies behind a name within a plot, of 255."""
WIDE_BAR = 7
"""Pixels that a bar needs for its error to be drawn."""
ALIGNED = {0: Qt.AlignmentFlag.AlignLeft, -30: Qt.AlignmentFlag.AlignHCenter, -60: Qt.AlignmentFlag.AlignRight}
STEPS = {Qt.Key.Key_Left: 1, Qt.Key.Key_Right: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """What is known of one lane.

    Attributes
    ----------
    name, colour : str
        The colour is #rrggbb.
    starts, sizes : ndarray, shape (S,)
        First timestep and length of each bar.
    values, errors : ndarray, shape (S,)
        NaN where nothing is known.
    """

    name: str
    colour: str
    starts: np.ndarray
    sizes: np.ndarray
    values: np.ndarray
    errors: np.ndarray

    @property
    def last(self) -> int:
        """The largest timestep that has a bar."""
        return int(self.starts[-1] + self.sizes[-1] - 1)

    def at(self, t: int) -> int:
        """Index of the bar of a timestep; of the last one beyond the end."""
        return max(0, int(np.searchsorted(self.starts, t, side="right")) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class BarFigure:
    """What is shown.

    Attributes
    ----------
    T : int
    bars : tuple of Bars
    log, log_t, signed : bool
        Scales; signed values may be below 0.
    panels : "together", "stacked" or "beside"
    unit : str
        What is drawn upwards, for people.
    """

    T: int = 1000
    bars: tuple[Bars, ...] = ()
    log: bool = True
    log_t: bool = False
    signed: bool = False
    panels: str = "together"
    unit: str = ""


def significant(value: float, digits: int = 3) -> str:
    """A number with so many digits that mean something: 433, 0.0862, 2.1e−4; a dash if it is none."""
    if not math.isfinite(value):
        return "–"
    if 0 < abs(value) < 1e-3 or abs(value) >= 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    if value == 0:
        return "0"
    before = 0 if abs(value) < 1 else math.floor(math.log10(abs(value))) + 1
    leading = 0 if abs(value) >= 0.1 else -math.floor(math.log10(abs(value))) - 1
    return f"{value:.{max(0, digits - before + leading)}f}".replace("-", "−")


class BarChart(ValuePlot):
    """A picture of a BarFigure.

    `scrubbed` comes with the arrow keys and the wheel, too.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        tip = tr("Against t, with one standard error. Click or drag to go to a timestep; ← → and the wheel step.")
        super().__init__(theme, tr("Terms of the objective against t"), tip, parent)
        self._figure = BarFigure()
        self._t = 1
        self._wheel = WheelSteps()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- what is shown ---

    def set_figure(self, figure: BarFigure) -> None:
        """Show other bars."""
        self._figure = figure
        known = [bars.values for bars in figure.bars]
        self._scale = fitting_scale(np.concatenate([np.zeros(0), *known]), figure.log, figure.signed)
        self._describe()
        self.update()

    def set_cursor(self, t: int) -> None:
        """Put the cursor at t; does not emit."""
        if t != self._t:
            self._t = t
            self._describe()
            self.update()

    @property
    def figure(self) -> BarFigure:
        """What is shown."""
        return self._figure

    def columns(self) -> Sequence[Column]:
        """First timestep of each bar, its value and its standard error, in the unit that is drawn upwards."""
        unit = f" [{self._figure.unit}]" if self._figure.unit else ""
        parts = []
        for bars in self._figure.bars:
            parts.append((f"{bars.name}{unit}", bars.starts, bars.values))
            parts.append((tr("{name}, standard error", name=bars.name), bars.starts, bars.errors))
        sizes = [(tr("timesteps"), bars.starts, bars.sizes) for bars in self._figure.bars[:1]]
        return against("t", [*sizes, *parts])

    def _describe(self) -> None:
        said = [f"{bars.name} {self._value_words(bars)}" for bars in self._figure.bars]
        self.setAccessibleDescription(f"t = {self._t}: " + ", ".join(said))

    def _value_words(self, bars: Bars) -> str:
        if not len(bars.values) or self._t > bars.last:
            return "–"
        index = bars.at(self._t)
        value, error = float(bars.values[index]), float(bars.errors[index])
        return significant(value) if not math.isfinite(error) else f"{significant(value)} ± {significant(error, 1)}"

    # --- geometry ---

    def panels(self) -> list[tuple[QRectF, tuple[Bars, ...]]]:
        """Plot rectangles with the bars that are drawn in each."""
        figure, edge = self._figure, edges()
        whole = QRectF(0, 0, self.width(), self.height())
        count = len(figure.bars) if figure.panels != "together" else 1
        if count <= 1:
            return [(whole.adjusted(edge.left, edge.top, -edge.right, -edge.bottom), figure.bars)]
        made: list[tuple[QRectF, tuple[Bars, ...]]] = []
        for index, bars in enumerate(figure.bars):
            if figure.panels == "stacked":
                height = (whole.height() - edge.top - edge.bottom - PANEL_GAP * (count - 1)) / count
                rect = QRectF(edge.left, edge.top + index * (height + PANEL_GAP), whole.width() - edge.left - edge.right, height)
            else:
                width = (whole.width() - edge.left - edge.right - 2 * PANEL_GAP * (count - 1)) / count
                rect = QRectF(edge.left + index * (width + 2 * PANEL_GAP), edge.top, width, whole.height() - edge.top - edge.bottom)
            made.append((rect, (bars,)))
        return made

    @property
    def times(self) -> TimeScale:
        """The level axis."""
        return TimeScale(self._figure.T, self._figure.log_t)

    def t_at(self, point: QPointF) -> int:
        """Timestep under a point of the widget."""
        found = self.panels()
        rect = next((rect for rect, _ in found if rect.left() <= point.x() <= rect.right()), found[0][0])
        return self.times.t_at((point.x() - rect.left()) / max(1.0, rect.width()))

    def point_of(self, t: int, panel: int = 0) -> QPointF:
        """Middle of a panel at timestep t, in the widget."""
        rect = self.panels()[panel][0]
        return QPointF(rect.left() + float(self.times.position(t)) * rect.width(), rect.center().y())

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 320)

    def minimumSizeHint(self) -> QSize:
        """Enough to read."""
        return QSize(320, 160)

    # --- drawing ---

    def draw(self, painter: QPainter) -> None:
        """Grid, bars, cursor, names."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._message and not self._figure.bars:
            self.draw_message(painter)
            return
        self.draw_unit(painter, self._figure.unit)
        found = self.panels()
        beside = self._figure.panels == "beside"
        for index, (rect, every) in enumerate(found):
            self._draw_axes(painter, rect, index == 0 or not beside, beside or index == len(found) - 1, len(found) == 1 or beside)
            for bars in every:
                self._draw_bars(painter, rect, bars, filled=len(every) == 1)
            self.draw_cursor(painter, rect, rect.left() + float(self.times.position(self._t)) * rect.width())
        self._draw_names(painter, found)
        if self._message:
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.drawText(found[0][0], Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    def _draw_axes(self, painter: QPainter, rect: QRectF, left: bool, below: bool, ends: bool) -> None:
        most = max(2, min(10, int(rect.height() // 28)))
        self.draw_values(painter, rect, self._scale.ticks(most), left, below or ends)
        if not below:
            return
        painter.setPen(QColor(self._theme.tokens.muted))
        ticks = self.times.ticks()
        if rect.width() < 60 * len(ticks):
            ticks = [ticks[0], ticks[-1]]
        for position, label in ticks:
            x = rect.left() + position * rect.width()
            shift = 0 if position < 0.05 else -60 if position > 0.95 else -30
            painter.drawText(QRectF(x + shift, rect.bottom() + 5, 60, 16), ALIGNED[shift] | Qt.AlignmentFlag.AlignTop, label)

    def _draw_bars(self, painter: QPainter, rect: QRectF, bars: Bars, filled: bool) -> None:
        left = rect.left() + self.times.position(bars.starts + bars.sizes - 0.5) * rect.width()
        right = rect.left() + self.times.position(bars.starts - 0.5) * rect.width()
        height = rect.bottom() - self._scale.position(bars.values) * rect.height()
        base = rect.bottom() - self._scale.base * rect.height()
        colour = QColor(bars.colour)
        line, area = QPainterPath(), QColor(colour)
        area.setAlphaF(0.35 if filled else 0.08)
        joined = False
        for i in range(len(bars.values) - 1, -1, -1):  # from T down: from left to right
            if not np.isfinite(bars.values[i]):
                joined = False
                continue
            if filled:
                gap = 1.0 if right[i] - left[i] > 3 else 0.0
                painter.fillRect(QRectF(QPointF(left[i], min(height[i], base)), QPointF(right[i] - gap, max(height[i], base))), area)
            else:
                painter.fillRect(QRectF(QPointF(left[i], min(height[i], base)), QPointF(right[i], max(height[i], base))), area)
            if joined:
                line.lineTo(left[i], height[i])
            else:
                line.moveTo(left[i], height[i])
            line.lineTo(right[i], height[i])
            joined = True
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(line)
        self._draw_errors(painter, rect, bars, left, right)

    def _draw_errors(self, painter: QPainter, rect: QRectF, bars: Bars, left: np.ndarray, right: np.ndarray) -> None:
        high = rect.bottom() - self._scale.position(bars.values + bars.errors) * rect.height()
        low = rect.bottom() - self._scale.position(bars.values - bars.errors) * rect.height()
        painter.setPen(QPen(QColor(bars.colour), 1))
        for i in np.flatnonzero(np.isfinite(high) & (right - left >= WIDE_BAR) & (low - high > 3)):
            x = (left[i] + right[i]) / 2
            painter.drawLine(QPointF(x, high[i]), QPointF(x, low[i]))

    def _draw_names(self, painter: QPainter, found: list[tuple[QRectF, tuple[Bars, ...]]]) -> None:
        """Names and values at the cursor: in a line at the right, or over each panel."""
        metrics, edge = painter.fontMetrics(), edges()
        if len(found) == 1:
            bars = found[0][1]
            free = self.width() - edge.right - 24 - metrics.horizontalAdvance(self._figure.unit)
            names = sum(metrics.horizontalAdvance(each.name) + 44 for each in bars)
            values = sum(metrics.horizontalAdvance(self._value_words(each)) for each in bars)
            x = float(self.width() - edge.right)
            for each in reversed(bars if names <= free else ()):
                value = self._value_words(each) if names + values <= free else ""
                x = self.draw_name(painter, x, 8, each.name, value, each.colour) - 16
            return
        for index, (rect, (each,)) in enumerate(found):
            width = metrics.horizontalAdvance(each.name) + 6 + metrics.horizontalAdvance(self._value_words(each))
            # over the plot where there is room beside the unit, else in it at the left, where the terms are small
            over = (
                self._figure.panels == "beside"
                and width + 8 < rect.width()
                and (index > 0 or metrics.horizontalAdvance(self._figure.unit) + width + 24 < rect.width() + edge.left)
            )
            valued = width + 8 < rect.width()
            right = rect.right() if over else rect.left() + 8 + (width if valued else metrics.horizontalAdvance(each.name))
            top = 8 if over else rect.top() + 3
            if not over:  # terms that are large there go through it
                plate = QColor(self._theme.tokens.card)
                plate.setAlpha(PLATE)
                painter.fillRect(QRectF(rect.left() + 4, top, right - rect.left(), LINE_HEIGHT), plate)
            self.draw_name(painter, right, top, each.name, self._value_words(each) if valued else "")

    # --- gestures ---

    def place_at(self, point: QPointF) -> int:
        """Timestep under a point."""
        return self.t_at(point)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step towards t = 1 if turned down."""
        if steps := self._wheel.take(event):
            self._step(-steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys step by one, PgUp and PgDn by ten, Home and End go to T and 1."""
        key = Qt.Key(event.key())
        if key in STEPS:
            by = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._step(STEPS[key] * (by if abs(STEPS[key]) == 1 else 1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.scrubbed.emit(self._figure.T if key == Qt.Key.Key_Home else 1)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        self.scrubbed.emit(min(max(self._t + by, 1), self._figure.T))

"""Curves of training runs against the updates: smoothed lines over what was reported, and where the shown snapshot is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.bar_chart import significant
from explorer.widgets.bar_scale import ValueScale, fitting_scale, power
from explorer.widgets.curve_plot import even_ticks
from explorer.widgets.fonts import text_font
from explorer.widgets.theme import Theme

LEFT, RIGHT, TOP, BOTTOM = 52, 16, 30, 24
MOST_POINTS = 2000
RAW_ALPHA = 0.4
ROOM = 1.15
"""Factor above and below the values on a logarithmic scale."""
NARROWEST = 2.0
"""Factor from the lower end of a logarithmic scale to the upper, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class RunSeries:
    """One run.

    Attributes
    ----------
    name, colour : str
        The colour is #rrggbb.
    steps, raw, smooth : ndarray, shape (M,)
        Updates, and the values there as reported and smoothed.
    """

    name: str
    colour: str
    steps: np.ndarray
    raw: np.ndarray
    smooth: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RunFigure:
    """What is shown.

    Attributes
    ----------
    series : tuple of RunSeries
    steps : int
        Where the level axis ends.
    log, raw : bool
        A logarithmic scale; the reported values behind the smoothed ones.
    unit : str
        What is drawn upwards, for people.
    marks : tuple of int
        Updates at which there are snapshots.
    """

    series: tuple[RunSeries, ...] = ()
    steps: int = 1
    log: bool = True
    raw: bool = True
    unit: str = ""
    marks: tuple[int, ...] = ()


def scale_for(values: np.ndarray, log: bool) -> ValueScale:
    """A scale with room for finite values; a logarithmic one need not end at powers of ten."""
    positive = values[np.isfinite(values) & (values > 0)]
    if not log or not len(positive):
        return fitting_scale(values, log, False)
    low, high = float(positive.min()) / ROOM, float(positive.max()) * ROOM
    middle, half = math.sqrt(low * high), max(math.sqrt(high / low), math.sqrt(NARROWEST))
    return ValueScale(middle / half, middle * half, True)


def ticks_of(scale: ValueScale, most: int) -> list[tuple[float, str]]:
    """Positions and labels: 1, 2 and 5 of each decade where these are few, else powers of ten."""
    if not scale.log:
        return scale.ticks(most)
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    for factors in ((1, 2, 3, 5, 7), (1, 2, 5), (1,)):
        marks = [(factor, k) for k in range(first, last + 1) for factor in factors if scale.low <= factor * 10.0**k <= scale.high]
        if len(marks) <= most:
            break
    marks = marks[:: max(1, math.ceil(len(marks) / most))]
    return [(float(scale.position(f * 10.0**k)), power(k) if f == 1 else f"{f * 10.0**k:.4g}") for f, k in marks]


class RunPlot(QWidget):
    """A picture of a RunFigure.

    Signals
    -------
    scrubbed(int)
        The person clicked or dragged to that update.
    """

    scrubbed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figure = RunFigure()
        self._scale = fitting_scale(np.zeros(0), True, False)
        self._message, self._cursor = "", -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Curves of the runs against the updates")
        self.setToolTip(
            "Smoothed over neighbouring reports; faint: as reported. Click or drag to look at the snapshot nearest to an update."
        )
        theme.changed.connect(self.update)

    def set_figure(self, figure: RunFigure) -> None:
        """Show other curves."""
        self._figure = figure
        known = [series.raw if figure.raw else series.smooth for series in figure.series]
        self._scale = scale_for(np.concatenate([np.zeros(0), *known]), figure.log)
        said = (f"{s.name} {significant(float(s.smooth[-1]))} at update {int(s.steps[-1])}" for s in figure.series if len(s.steps))
        self.setAccessibleDescription(", ".join(said))
        self.update()

    def set_cursor(self, step: int) -> None:
        """Mark the update of the snapshot that is shown; -1 for none."""
        if step != self._cursor:
            self._cursor = step
            self.update()

    def set_message(self, text: str) -> None:
        """Words where there are no curves."""
        if text != self._message:
            self._message = text
            self.update()

    @property
    def figure(self) -> RunFigure:
        """What is shown."""
        return self._figure

    @property
    def scale(self) -> ValueScale:
        """The upright axis."""
        return self._scale

    @property
    def message(self) -> str:
        """Words shown."""
        return self._message

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 280)

    def minimumSizeHint(self) -> QSize:
        """Enough to read."""
        return QSize(280, 140)

    def area(self) -> QRectF:
        """Where the curves are."""
        return QRectF(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))

    def x_of(self, step: float) -> float:
        """Where an update is."""
        area = self.area()
        return area.left() + step / max(1, self._figure.steps) * area.width()

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, curves, the snapshots, names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        if not any(len(series.steps) for series in self._figure.series):
            painter.setFont(text_font(13))
            painter.setPen(QColor(tokens.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(48, 8, -48, -8), flags, self._message)
            return
        painter.setFont(text_font(11))
        painter.setPen(QColor(tokens.faint))
        painter.drawText(QRectF(8, 8, self.width() - 16, 16), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._figure.unit)
        self._draw_axes(painter)
        area = self.area()
        painter.setClipRect(area.adjusted(0, -2, 0, 2))
        if self._figure.raw:
            for series in self._figure.series:
                faint = QColor(series.colour)
                faint.setAlphaF(RAW_ALPHA)
                self._draw_line(painter, series.steps, series.raw, QPen(faint, 1))
        for series in self._figure.series:
            self._draw_line(painter, series.steps, series.smooth, QPen(QColor(series.colour), 2))
        if self._cursor >= 0:
            x = round(self.x_of(self._cursor)) + 0.5
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setClipping(False)
        self._draw_names(painter)

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area()
        for position, label in ticks_of(self._scale, max(2, min(10, int(area.height() // 28)))):
            y = round(area.bottom() - position * area.height()) + 0.5
            painter.setPen(QPen(QColor(tokens.grid_line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(0, y - 8, LEFT - 8, 16), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
        ticks = even_ticks(0, max(1, self._figure.steps))
        for at, _ in ticks:
            x, words = self.x_of(at), f"update {at:,.0f}".replace(",", " ") if at == ticks[-1][0] else f"{at:,.0f}".replace(",", " ")
            last = x > area.right() - 40
            rect = QRectF(x - (100 if last else 50 if at else 0), area.bottom() + 5, 100, 16)
            align = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignHCenter if at else Qt.AlignmentFlag.AlignLeft
            painter.drawText(rect, align | Qt.AlignmentFlag.AlignTop, words)
        painter.setPen(QPen(QColor(tokens.muted), 1))
        for step in self._figure.marks:
            x = round(self.x_of(step)) + 0.5
            painter.drawLine(QPointF(x, area.bottom() - 4), QPointF(x, area.bottom()))

    def _draw_line(self, painter: QPainter, steps: np.ndarray, values: np.ndarray, pen: QPen) -> None:
        known = np.isfinite(values)
        steps, values = steps[known], values[known]
        stride = max(1, len(steps) // MOST_POINTS)
        area = self.area()
        x = area.left() + steps[::stride] / max(1, self._figure.steps) * area.width()
        y = area.bottom() - self._scale.position(values[::stride]) * area.height()
        painter.setPen(pen)
        if len(x) == 1:
            painter.setBrush(pen.color())
            painter.drawEllipse(QPointF(float(x[0]), float(y[0])), 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(float(a), float(b)) for a, b in zip(x, y, strict=True)]))

    def _draw_names(self, painter: QPainter) -> None:
        """Colour, name and last value of each run, at the right over the plot as far as there is room."""
        tokens, metrics = self._theme.tokens, painter.fontMetrics()
        right = float(self.width() - RIGHT)
        least = 16.0 + metrics.horizontalAdvance(self._figure.unit)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for series in reversed(self._figure.series):
            value = significant(float(series.smooth[-1])) if len(series.smooth) else "–"
            name_width, value_width = metrics.horizontalAdvance(series.name), metrics.horizontalAdvance(value)
            left = right - value_width - name_width - 28
            if left < least:
                return
            painter.setPen(QPen(QColor(series.colour), 2))
            painter.drawLine(QPointF(left, 16), QPointF(left + 16, 16))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(left + 22, 8, name_width + 2, 16), middle, series.name)
            painter.setPen(QColor(tokens.text))
            painter.drawText(QRectF(left + 28 + name_width, 8, value_width + 2, 16), middle, value)
            right = left - 16

    # --- gestures ---

    def step_at(self, x: float) -> int:
        """Update at a place of the widget."""
        area = self.area()
        return round(min(max((x - area.left()) / area.width(), 0), 1) * self._figure.steps)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.scrubbed.emit(self.step_at(event.position().x()))

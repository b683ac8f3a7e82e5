"""Curves against t, from T (left) to 0 (right), with the cursor; clicking or dragging scrubs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import PENS, Figure, Series
from explorer.widgets.plots.polyline import polylines
from explorer.widgets.plots.ticks import even_ticks, log_ticks
from explorer.widgets.plots.value_plot import ValuePlot

LEFT, RIGHT, TOP, BOTTOM = 44, 16, 8, 22
DOT = 3.5
"""Radius of the mark of a value at the cursor."""
TIP = "Curves against t. Click or drag to go to a timestep."


class CurvePlot(ValuePlot):
    """A picture of a Figure.

    What does not move with the cursor is drawn once and kept, so that scrubbing costs a copy of pixels.

    Signals
    -------
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Curves against t", TIP, parent)
        self._figure = Figure()
        self._t = 0
        self._kept: QPixmap | None = None
        self._wheel = WheelSteps()
        self.setMinimumHeight(90)
        theme.changed.connect(self._redraw)

    # --- what is shown ---

    def set_figure(self, figure: Figure) -> None:
        """Show other curves."""
        self._figure = figure
        self._describe()
        self._redraw()

    def set_cursor(self, t: int) -> None:
        """Put the cursor at t; does not emit."""
        if t != self._t:
            self._t = t
            self._describe()
            self.update()

    @property
    def figure(self) -> Figure:
        """What is shown."""
        return self._figure

    @property
    def cursor_t(self) -> int:
        """Where the cursor is."""
        return self._t

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 240)

    # --- places ---

    @property
    def area(self) -> QRectF:
        """Where the curves are."""
        return QRectF(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))

    @property
    def ranges(self) -> tuple[float, float, float, float]:
        """Timesteps at the right and left edge, and values (of a logarithmic axis their base-10 logarithms) at the lower and upper one."""
        axes = self._figure.axes
        low, high = (float(np.log10(axes.low)), float(np.log10(axes.high))) if axes.log else (axes.low, axes.high)
        return 0.0, float(axes.T), low, high

    def place_of(self, t: float, shown: float) -> QPointF:
        """Where a timestep and a value, as the axis has it, are in the widget."""
        x, y = self._places(np.array([t]), np.array([shown]))
        return QPointF(float(x[0]), float(y[0]))

    def point_of(self, t: int, value: float) -> QPointF:
        """Where a value of a curve is, in the widget."""
        return self.place_of(t, float(np.log10(value)) if self._figure.axes.log else value)

    def values_at(self, point: QPointF) -> tuple[float, float]:
        """Timestep and value, as the axis has it, under a point of the widget."""
        (last, first, low, high), area = self.ranges, self.area
        across, up = (point.x() - area.left()) / area.width(), (area.bottom() - point.y()) / area.height()
        return first + across * (last - first), low + up * (high - low)

    def place_at(self, point: QPointF) -> int:
        """Timestep under a point of the widget, in 0..T."""
        return round(min(max(self.values_at(point)[0], 0), self._figure.axes.T))

    def _places(self, t: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (last, first, low, high), area = self.ranges, self.area
        return area.left() + (first - t) / (first - last) * area.width(), area.bottom() - (shown - low) / (high - low) * area.height()

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curves as they were drawn, the cursor, and the values at it."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_cursor(painter, self.area, self.place_of(self._t, 0.0).x())
        painter.setPen(QPen(QColor(self._theme.tokens.card), 1))
        for colour, place in self._dots():
            painter.setBrush(QColor(colour))
            painter.drawEllipse(place, DOT, DOT)

    def resizeEvent(self, event: QEvent) -> None:
        """Draw anew."""
        self._kept = None

    def _describe(self) -> None:
        """For who cannot see the curves: their values at the cursor."""
        said = (f"{series.name} {series.at(self._t):.3g}" for series in self._figure.named if len(series.timesteps))
        self.setAccessibleDescription(f"t = {self._t}: " + ", ".join(said))

    def _redraw(self, _tokens: object = None) -> None:
        self._kept = None
        self.update()

    def _picture(self) -> QPixmap:
        """Everything but the cursor."""
        ratio = self.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            self._kept = QPixmap(self.size() * ratio)
            self._kept.setDevicePixelRatio(ratio)
            self._kept.fill(QColor(self._theme.tokens.card))
            painter = QPainter(self._kept)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(text_font(11))
            self._draw_axes(painter)
            painter.setClipRect(self.area.adjusted(-1, -1, 1, 1))
            for series in sorted(self._figure.series, key=lambda one: one.strong):
                width = (1 if series.stroke != "solid" else 2) + 2 * series.strong
                painter.setPen(QPen(QColor(series.colour), width, PENS[series.stroke]))
                for line in self._lines(series):
                    painter.drawPolyline(line)
            painter.end()
        return self._kept

    def _draw_axes(self, painter: QPainter) -> None:
        axes, area, tokens = self._figure.axes, self.area, self._theme.tokens
        marks = log_ticks(axes.low, axes.high) if axes.log else even_ticks(axes.low, axes.high)
        painter.setPen(QPen(QColor(tokens.grid_line), 1))
        painter.drawLine(QPointF(round(area.left()) + 0.5, area.top()), QPointF(round(area.left()) + 0.5, area.bottom()))
        places = [self.place_of(0, at) for at, _ in marks]
        self.draw_values(
            painter, area, [((area.bottom() - at.y()) / area.height(), label) for at, (_, label) in zip(places, marks, strict=True)]
        )
        painter.setPen(QColor(tokens.muted))
        for i in range(5):
            t = round(axes.T * (1 - i / 4))
            x, words = self.place_of(t, 0.0).x(), f"t = {t}" if i == 0 else str(t)
            half = painter.fontMetrics().horizontalAdvance(words) / 2 + 1  # the first and the last may stand out over the ends
            room = QRectF(min(max(x, half), self.width() - half) - 40, area.bottom() + 3, 80, BOTTOM - 4)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _lines(self, series: Series) -> Iterator[QPolygonF]:
        values = series.values
        if self._figure.axes.log:
            values = np.log10(np.where(values > 0, values, np.nan))
        return polylines(*self._places(series.timesteps, values))

    def _dots(self) -> Iterator[tuple[str, QPointF]]:
        """Where each curve is at the cursor, if it has a value there that is in view."""
        axes, area = self._figure.axes, self.area.adjusted(-1, -1, 1, 1)
        for series in self._figure.series:
            value = series.at(self._t)
            if np.isfinite(value) and not (axes.log and value <= 0):
                place = self.point_of(series.nearest(self._t), value)
                if area.contains(place):
                    yield series.colour, place

    # --- gestures ---

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

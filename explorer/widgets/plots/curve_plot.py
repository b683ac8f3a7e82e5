"""Curves against t, from T (left) to 0 (right), with the cursor; clicking or dragging scrubs, the wheel zooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import device_scale
from explorer.widgets.look.theme import Theme, text_pixels
from explorer.widgets.plots.figure import PENS, Figure, Series
from explorer.widgets.plots.legend import Legend
from explorer.widgets.plots.markers import draw_marker
from explorer.widgets.plots.overlap import lies_on, stretches
from explorer.widgets.plots.polyline import polylines
from explorer.widgets.plots.table import Column, against
from explorer.widgets.plots.ticks import even_ticks, log_ticks
from explorer.widgets.plots.time_view import NOTCH, TimeView, whole
from explorer.widgets.plots.value_plot import ValuePlot

LEFT, RIGHT, TOP, BOTTOM = 44, 16, 8, 22
DOT = 3.5
"""Radius of the mark of a value at the cursor."""
TIP = tr(
    "Curves against t. Click or drag to go to a timestep.\n"
    "Wheel: zoom in t (Shift+wheel steps). Right or middle button: drag along t. Double-click: all of t. Keys: +, −, 0."
)
GAP_DASH = 3.0
"""Of a curve that lies on another: lengths of its dashes and gaps, in widths of the pen."""
LEGEND_INSET, MOST_LEGEND_LINES, UNIT_LINE = 8, 12, 18
"""On paper: pixels at both sides of the legend, its lines at the most, and the height of what is drawn upwards."""
MARKER_EVERY = 84
"""Pixels from one marker of a curve to the next."""
PANS = (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
KEYS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Underscore: -1, Qt.Key.Key_0: 0}
"""Zoom in, zoom out, all of t: the same keys with and without Shift."""


class CurvePlot(ValuePlot):
    """A picture of a Figure.

    What does not move with the cursor is drawn once and kept, so that scrubbing costs a copy of pixels.

    Signals
    -------
    wheel_stepped(int)
        Notches of the wheel with Shift; positive is towards t = 0.
    """

    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("Curves against t"), TIP, parent)
        self._figure = Figure()
        self._t = 0
        self._kept: QPixmap | None = None
        self._wheel = WheelSteps()
        self._view = whole(self._figure.axes.T)
        self._panned_from: tuple[float, TimeView] | None = None
        self.setMinimumHeight(90)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._redraw)

    # --- what is shown ---

    def set_figure(self, figure: Figure) -> None:
        """Show other curves; the stretch of t that is shown stays, unless T is another."""
        self._figure = figure
        if figure.axes.T != self._view.T:
            self._view = whole(figure.axes.T)
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

    def columns(self) -> Sequence[Column]:
        """The timesteps, then the values of each curve there; of timesteps that are out of view, too."""
        return against("t", ((self._figure.full_name(each), each.timesteps, each.values) for each in self._figure.series))

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, 240)

    # --- places ---

    @property
    def area(self) -> QRectF:
        """Where the curves are."""
        left, bottom = text_pixels(LEFT), text_pixels(BOTTOM)
        return QRectF(left, TOP, max(1, self.width() - left - RIGHT), max(1, self.height() - TOP - bottom))

    @property
    def ranges(self) -> tuple[float, float, float, float]:
        """Timesteps at the right and left edge, and values (of a logarithmic axis their base-10 logarithms) at the lower and upper one."""
        axes = self._figure.axes
        low, high = (float(np.log10(axes.low)), float(np.log10(axes.high))) if axes.log else (axes.low, axes.high)
        return self._view.last, self._view.first, low, high

    @property
    def view(self) -> TimeView:
        """The stretch of t that is shown."""
        return self._view

    def set_view(self, view: TimeView) -> None:
        """Show a stretch of t."""
        if view != self._view:
            self._view = view
            self._redraw()

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
        """The curves as they were drawn, the cursor, the values at it, the focus."""
        painter = QPainter(self)
        if device_scale(painter) == self.devicePixelRatioF():
            painter.drawPixmap(0, 0, self._picture())
        else:  # a picture is made of its panel, larger than on the screen
            self._draw_still(painter)
        self._draw_cursor(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def draw(self, painter: QPainter) -> None:
        """The curves, the cursor, and the values at it."""
        self._draw_still(painter)
        self._draw_cursor(painter)

    @property
    def paper_size(self) -> QSize:
        """With what is drawn upwards and the legend, which have places of their own on the screen."""
        return self.size() + QSize(0, self._legend().height() + (text_pixels(UNIT_LINE) if self._figure.unit else 0))

    def draw_on_paper(self, painter: QPainter) -> None:
        """The legend, and the plot under it."""
        legend, unit = self._legend(), self._figure.unit
        painter.save()
        painter.translate(LEGEND_INSET, 0)
        if unit:
            painter.setFont(text_font(12))
            painter.setPen(QColor(self._theme.tokens.text))
            painter.drawText(QRectF(0, 0, legend.width(), text_pixels(UNIT_LINE)), Qt.AlignmentFlag.AlignVCenter, unit)
            painter.translate(0, text_pixels(UNIT_LINE))
        legend.draw(painter)
        painter.translate(-LEGEND_INSET, legend.height())
        self.draw(painter)
        painter.restore()

    def _legend(self) -> Legend:
        """A legend with every name, as wide as the plot."""
        legend = Legend(self._theme, most_lines=MOST_LEGEND_LINES)
        legend.resize(max(1, self.width() - 2 * LEGEND_INSET), 1)
        legend.set_series(self._figure.named, self._t)
        legend.resize(legend.width(), legend.sizeHint().height() if self._figure.named else 0)
        return legend

    def _draw_cursor(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.place_of(self._t, 0.0).x()
        if self.area.left() - 1 <= x <= self.area.right() + 1:
            self.draw_cursor(painter, self.area, x)
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
            self._draw_still(painter)
            painter.end()
        return self._kept

    def _draw_still(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        self._draw_axes(painter)
        self._draw_curves(painter)

    def _draw_axes(self, painter: QPainter) -> None:
        axes, area, tokens = self._figure.axes, self.area, self._theme.tokens
        marks = log_ticks(axes.low, axes.high) if axes.log else even_ticks(axes.low, axes.high)
        painter.setPen(QPen(QColor(tokens.grid_line), 1))
        painter.drawLine(QPointF(round(area.left()) + 0.5, area.top()), QPointF(round(area.left()) + 0.5, area.bottom()))
        places = [self.place_of(0, at) for at, _ in marks]
        self.draw_values(
            painter, area, [((area.bottom() - at.y()) / area.height(), label) for at, (_, label) in zip(places, marks, strict=True)]
        )
        self._draw_times(painter)

    def _draw_times(self, painter: QPainter) -> None:
        """The timesteps under the axis, and which part of it is shown where that is not all."""
        area, tokens, view = self.area, self._theme.tokens, self._view
        metrics, end = painter.fontMetrics(), -np.inf
        painter.setPen(QColor(tokens.muted))
        for i, t in enumerate(view.ticks()):
            x, said = self.place_of(t, 0.0).x(), f"t = {t}" if i == 0 else str(t)
            half = metrics.horizontalAdvance(said) / 2 + 1  # the first and the last may stand out over the ends
            middle = min(max(x, half), self.width() - half)
            if middle - half < end:
                continue
            end = middle + half + 4
            painter.drawText(
                QRectF(middle - 60, area.bottom() + text_pixels(6), 120, text_pixels(BOTTOM - 7)), Qt.AlignmentFlag.AlignCenter, said
            )
        if not view.is_whole:
            left, right = (area.left() + (1 - t / view.T) * area.width() for t in (view.first, view.last))
            painter.fillRect(QRectF(area.left(), self.height() - 2, area.width(), 2), QColor(tokens.grid_line))
            painter.fillRect(QRectF(left, self.height() - 2, max(6.0, right - left), 2), QColor(tokens.accent))

    def _draw_curves(self, painter: QPainter) -> None:
        """Curve by curve; one that lies on others has gaps there, through which they are seen."""
        frame = self.area.adjusted(-1, -1, 1, 1)
        drawn = sorted(self._figure.series, key=lambda one: one.strong)
        columns = np.arange(np.floor(frame.left()), np.ceil(frame.right()))
        places = [_rising(*self._places(series.timesteps, self._shown(series))) for series in drawn]
        for series, place, counts in zip(drawn, places, lies_on(places, columns), strict=True):
            for start, end, count in stretches(counts) if series.stroke == "solid" else [(0, len(columns), 0)]:
                left = columns[start] if start else frame.left()
                right = columns[end] if end < len(columns) else frame.right()
                painter.setClipRect(QRectF(left, frame.top(), right - left, frame.height()))
                painter.setPen(self._pen(series, count))
                for line in polylines(*place):
                    painter.drawPolyline(line)
            painter.setClipRect(frame)
            self._draw_markers(painter, series, place)
        painter.setClipping(False)

    @staticmethod
    def _pen(series: Series, covered: int) -> QPen:
        """Of a curve where it lies on so many others."""
        width = (1 if series.stroke != "solid" else 2) + 2 * series.strong
        pen = QPen(QColor(series.colour), width, PENS[series.stroke])
        if covered:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([GAP_DASH, GAP_DASH * covered])
            pen.setDashOffset(GAP_DASH * (covered - 1))
        return pen

    def _draw_markers(self, painter: QPainter, series: Series, place: tuple[np.ndarray, np.ndarray]) -> None:
        x, y = place
        known = np.isfinite(x) & np.isfinite(y)
        if not series.marker or not known.any():
            return
        colour, ground = QColor(series.colour), QColor(self._theme.tokens.card)
        for at in np.arange(self.area.left() + MARKER_EVERY / 2, self.area.right(), MARKER_EVERY):
            if x[known][0] <= at <= x[known][-1]:
                draw_marker(painter, series.marker, QPointF(at, float(np.interp(at, x[known], y[known]))), colour, ground)

    def _shown(self, series: Series) -> np.ndarray:
        """Values as the axis has them."""
        values = series.values
        return np.log10(np.where(values > 0, values, np.nan)) if self._figure.axes.log else values

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

    def zoom(self, notches: int, around: float | None = None) -> None:
        """Show less of t (positive) or more, around a timestep; without one around the cursor, or the middle if that is out of view."""
        view = self._view
        at = (view.last + view.first) / 2
        if around is not None:
            at = min(max(around, view.last), view.first)
        elif view.last <= self._t <= view.first:
            at = float(self._t)
        self.set_view(view.zoomed(at, NOTCH**-notches))

    def show_whole(self) -> None:
        """Show all of t."""
        self.set_view(whole(self._figure.axes.T))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift, scrub."""
        if steps := self._wheel.take(event):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.wheel_stepped.emit(steps)
            else:
                self.zoom(-steps, self.values_at(event.position())[0])
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there; with another button, take hold of the axis."""
        if event.button() in PANS:
            self._panned_from = event.position().x(), self._view
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor, or the axis."""
        if self._panned_from is not None:
            x, view = self._panned_from
            self.set_view(view.moved((event.position().x() - x) / self.area.width() * (view.first - view.last)))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() in PANS:
            held, self._panned_from = self._panned_from, None
            self.unsetCursor()
            moved = held is not None and abs(event.position().x() - held[0]) >= QApplication.startDragDistance()
            if event.button() == Qt.MouseButton.RightButton and not moved:
                asked = QContextMenuEvent(QContextMenuEvent.Reason.Other, event.position().toPoint(), event.globalPosition().toPoint())
                QCoreApplication.sendEvent(self, asked)
        else:
            super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button asks when it is let go, since it also drags."""
        event.setAccepted(event.reason() == QContextMenuEvent.Reason.Mouse)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All of t again; where it is shown already, a click like another."""
        if event.button() == Qt.MouseButton.LeftButton and not self._view.is_whole:
            self.show_whole()
        else:
            self.mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Its own keys come here before any action has them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _is_own(event: QKeyEvent) -> bool:
        plain = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        return event.key() in KEYS and not event.modifiers() & ~plain

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom, 0 shows all of t."""
        if not self._is_own(event):
            super().keyPressEvent(event)
        elif notches := KEYS[Qt.Key(event.key())]:
            self.zoom(notches)
        else:
            self.show_whole()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw without the focus."""
        self.update()


def _rising(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places from the left to the right."""
    return (x[::-1], y[::-1]) if len(x) > 1 and x[0] > x[-1] else (x, y)

"""A curve against t whose control points the person drags."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot

REACH = 12.0
"""Pixels within which a control point is taken hold of."""
TIP = tr(
    "Drag a control point to bend the schedule. Double-click the curve for one more, double-click a point to take it away.\n"
    "With the focus here: [ and ] choose a point, Up and Down move it. Click elsewhere to go to a timestep.\n"
    "Wheel: zoom in t. Right or middle button: drag along t. Keys: +, −, and 0 for all of it."
)
NUDGE = 0.25
EDGE = 0.025


class BendPlot(CurvePlot):
    """A CurvePlot with control points (u, value), u = (t - 1) / (T - 1).

    Signals
    -------
    knot_dragged(int, float, float)
        A control point's index, and where the mouse (or a key) wants it: u and value.
    knot_released()
        The drag is over.
    knot_added(float)
        The person double-clicked at that u.
    knot_removed(int)
        The person double-clicked a control point.
    """

    knot_dragged = Signal(int, float, float)
    knot_released = Signal()
    knot_added = Signal(float)
    knot_removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._knots: tuple[tuple[float, float], ...] = ()
        self._base: tuple[tuple[float, float], ...] = ()
        self._held = -1
        self._chosen = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Log SNR against t, with control points"))
        self.setToolTip(TIP)

    def set_knots(self, knots: Sequence[tuple[float, float]]) -> None:
        """Show control points; does not emit."""
        self._knots = tuple(knots)
        self.update()

    @property
    def knots(self) -> tuple[tuple[float, float], ...]:
        """Control points shown."""
        return self._knots

    @property
    def base(self) -> tuple[tuple[float, float], ...]:
        """Control points when the drag began: what it moves is moved from there."""
        return self._base

    def point_of_knot(self, index: int) -> QPointF:
        """Where a control point is, in the widget."""
        u, level = self._knots[index]
        return self.place_of(1 + u * (self._T - 1), level)

    @property
    def _T(self) -> int:
        return self.figure.axes.T

    @property
    def ranges(self) -> tuple[float, float, float, float]:
        """As of CurvePlot, with room at the edges, where the first and the last control point are."""
        last, first, low, high = super().ranges
        room, margin = EDGE * (first - last), EDGE * (high - low)
        return last - room, first + room, low - margin, high + margin

    def paintEvent(self, event: QPaintEvent) -> None:
        """The control points over the curves as they were drawn."""
        super().paintEvent(event)
        self._draw_knots(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """The control points over the curves."""
        super().draw(painter)
        self._draw_knots(painter)

    def _draw_knots(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        for i in range(len(self._knots)):
            chosen = i in (self._held, self._chosen)
            painter.setBrush(QColor(tokens.accent if chosen else tokens.card))
            radius = 6.5 if chosen else 5.5
            painter.drawEllipse(self.point_of_knot(i), radius, radius)

    # --- gestures ---

    def knot_at(self, point: QPointF) -> int:
        """Index of the control point under a point of the widget; -1 if there is none."""
        near = [((self.point_of_knot(i) - point).manhattanLength(), i) for i in range(len(self._knots))]
        distance, index = min(near, default=(REACH + 1, -1))
        return index if distance <= REACH else -1

    def _place_at(self, point: QPointF) -> tuple[float, float]:
        t, level = self.values_at(point)
        return (t - 1) / max(1, self._T - 1), level

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a control point, or go to a timestep."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._held = self._chosen = self.knot_at(event.position())
        self._base = self._knots
        self.update()
        if self._held < 0:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._held >= 0:
            self.knot_dragged.emit(self._held, *self._place_at(event.position()))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held >= 0:
            self._held = -1
            self.update()
            self.knot_released.emit()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One control point more, or less."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseDoubleClickEvent(event)
            return
        index = self.knot_at(event.position())
        if index >= 0:
            self._held = self._chosen = -1
            self.knot_removed.emit(index)
        else:
            self.knot_added.emit(self._place_at(event.position())[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Brackets go from point to point, Up and Down move the chosen one."""
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if 0 <= self._chosen < len(self._knots) and key in moves:
            self._base = self._knots
            u, level = self._knots[self._chosen]
            self.knot_dragged.emit(self._chosen, u, level + moves[key] * NUDGE)
            self.knot_released.emit()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight) and self._knots:
            self._chosen = (self._chosen + (1 if key == Qt.Key.Key_BracketRight else -1)) % len(self._knots)
            self.update()
        elif key == Qt.Key.Key_Escape and self._chosen >= 0:
            self._chosen = -1
            self.update()
        else:
            super().keyPressEvent(event)

"""A curve against t whose control points the person drags."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot

REACH = 12.0
"""Pixels within which a control point is taken hold of."""
TIP = (
    "Drag a control point to bend the schedule. Double-click the curve for one more, double-click a point to take it away.\n"
    "With the focus here: [ and ] choose a point, Up and Down move it. Click elsewhere to go to a timestep."
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
        self._handles: pg.ScatterPlotItem | None = None
        super().__init__(theme, parent)
        self._knots: tuple[tuple[float, float], ...] = ()
        self._base: tuple[tuple[float, float], ...] = ()
        self._held = -1
        self._chosen = -1
        self._handles = pg.ScatterPlotItem(pxMode=True)
        self.getPlotItem().addItem(self._handles, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Log SNR against t, with control points")
        self.setToolTip(TIP)

    def set_knots(self, knots: Sequence[tuple[float, float]]) -> None:
        """Show control points; does not emit."""
        self._knots = tuple(knots)
        self._draw_handles()

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
        return self.point_of(1, level) if self._T == 1 else QPointF(self._mapped(1 + u * (self._T - 1), level))

    @property
    def _T(self) -> int:
        return self.figure.axes.T

    def _mapped(self, t: float, level: float) -> QPointF:
        return QPointF(self.mapFromScene(self._box.mapViewToScene(QPointF(t, level))))

    def _draw_handles(self) -> None:
        if self._handles is None:
            return
        tokens = self._theme.tokens
        spots = []
        for i, (u, level) in enumerate(self._knots):
            chosen = i in (self._held, self._chosen)
            spots.append({
                "pos": (1 + u * (self._T - 1), level), "size": 13 if chosen else 11,
                "brush": QColor(tokens.accent if chosen else tokens.card), "pen": pg.mkPen(QColor(tokens.accent), width=2),
            })  # fmt: skip
        self._handles.setData(spots)

    def _take_axes(self) -> None:
        super()._take_axes()
        axes = self.figure.axes
        # the first and the last control point are at the edges: room for all of them
        self._box.setXRange(-EDGE * axes.T, (1 + EDGE) * axes.T, padding=0)
        margin = EDGE * (axes.high - axes.low)
        self._box.setYRange(axes.low - margin, axes.high + margin, padding=0)

    def _dress(self, _tokens: object = None) -> None:
        super()._dress(_tokens)
        self._draw_handles()

    # --- gestures ---

    def knot_at(self, point: QPointF) -> int:
        """Index of the control point under a point of the widget; -1 if there is none."""
        near = [((self.point_of_knot(i) - point).manhattanLength(), i) for i in range(len(self._knots))]
        distance, index = min(near, default=(REACH + 1, -1))
        return index if distance <= REACH else -1

    def _place_at(self, point: QPointF) -> tuple[float, float]:
        at = self._box.mapSceneToView(self.mapToScene(point.toPoint()))
        return (at.x() - 1) / max(1, self._T - 1), at.y()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a control point, or go to a timestep."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held = self._chosen = self.knot_at(event.position())
        self._base = self._knots
        self._draw_handles()
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
            self._draw_handles()
            self.knot_released.emit()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One control point more, or less."""
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
            self._draw_handles()
        elif key == Qt.Key.Key_Escape and self._chosen >= 0:
            self._chosen = -1
            self._draw_handles()
        else:
            event.ignore()

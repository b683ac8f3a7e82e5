"""The one-dimensional chain as a map: t to the left, x upwards, q(x_t) as brightness, paths, and what can be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.brightness import brightness
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column, against

LIMIT = 3.6
LEFT, RIGHT, FOOT, TOP = 30, 44, 20, 8
HOLD = 12.0
TICKS = (-3, -2, -1, 0, 1, 2, 3)


class ChainMap(Plot):
    """Draws; reports what is dragged.

    Signals
    -------
    mode_dragged(int, float)
        A mode's index and where it is wanted.
    mode_added(float)
        The person double-clicked the edge at t = 0 there.
    mode_removed(int)
        The person double-clicked a mode.
    x_dragged(float)
        The chosen x_t.
    scrubbed(int)
        The timestep under the mouse.
    released()
        The drag is over.
    wheel_stepped(int)
    """

    mode_dragged = Signal(int, float)
    mode_added = Signal(float)
    mode_removed = Signal(int)
    x_dragged = Signal(float)
    scrubbed = Signal(int)
    released = Signal()
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._density = np.zeros((1, 1), np.float32)
        self._image: tuple[np.ndarray, str, QImage] | None = None
        self._times = np.zeros(0)
        self._paths = np.zeros((0, 0), np.float32)
        self._modes: tuple[float, ...] = ()
        self._T, self._t, self._x = 1000, 0, 0.0
        self._held: int | Literal["x"] | None = None
        self._wheel = WheelSteps()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("One-dimensional chain"))
        self.setToolTip(
            tr(
                "Brightness is q(x_t), from x_T at the left to x₀ at the right. Drag a mode at the right edge; double-click the edge\n"
                "for one more, a mode to take it away. Drag the dot to another x_t and t."
            )
        )
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_map(self, density: np.ndarray, times: np.ndarray, T: int) -> None:
        """Show densities (R, C) in [0, 1], x upwards, at times (C,) rising."""
        self._density, self._times, self._T = density, times, T
        self.update()

    def set_paths(self, paths: np.ndarray) -> None:
        """Show paths (C, N) at the map's times."""
        self._paths = paths
        self.update()

    def set_marks(self, modes: Sequence[float], t: int, x: float) -> None:
        """Put modes, cursor and dot; does not emit."""
        self._modes, self._t, self._x = tuple(modes), t, x
        self.update()

    @property
    def modes(self) -> tuple[float, ...]:
        """Modes shown."""
        return self._modes

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(480, 300)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(260, 160)

    @property
    def area(self) -> QRectF:
        """Where the map is."""
        return QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - FOOT)

    def point_of(self, t: float, x: float) -> QPointF:
        """Where a timestep and a value are."""
        area = self.area
        return QPointF(area.right() - t / max(1, self._T) * area.width(), area.center().y() - x / (2 * LIMIT) * area.height())

    def mode_point(self, index: int) -> QPointF:
        """Where a mode's handle is."""
        return self.point_of(0, self._modes[index]) + QPointF(14, 0)

    def columns(self) -> Sequence[Column]:
        """The timesteps, and every path; the density is the picture behind them."""
        names = (tr("path {number}", number=number) for number in range(1, self._paths.shape[1] + 1))
        return against("t", [(name, self._times, path) for name, path in zip(names, self._paths.T, strict=True)])

    def _brightness(self) -> QImage:
        """The densities, from the card's colour to the accent; kept until either is another."""
        density, tokens = self._density, self._theme.tokens
        if self._image is None or self._image[0] is not density or self._image[1] != tokens.name:
            self._image = (density, tokens.name, brightness(density[::-1, ::-1], tokens, 0.85))
        return self._image[2]

    def draw(self, painter: QPainter) -> None:
        """Map, paths, axes, handles."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, area = self._theme.tokens, self.area
        if len(self._times) > 1:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._brightness())
        painter.setClipRect(area)
        line = QColor(tokens.text)
        line.setAlpha(110)
        painter.setPen(QPen(line, 1))
        for path in self._paths.T:
            painter.drawPolyline(QPolygonF([self.point_of(t, x) for t, x in zip(self._times.tolist(), path.tolist(), strict=True)]))
        painter.setPen(QPen(QColor(tokens.text), 1))
        top = self.point_of(self._t, 0).x()
        painter.drawLine(QPointF(top, area.top()), QPointF(top, area.bottom()))
        painter.setClipping(False)
        self._draw_axes(painter)
        self._draw_handles(painter)

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, area = self._theme.tokens, self.area
        painter.setFont(text_font(11))
        painter.setPen(QColor(tokens.muted))
        sparse = area.height() < 2 * LIMIT * 16  # numbers 16 pixels high would touch
        for tick in TICKS[1::2] if sparse else TICKS:
            y = self.point_of(0, tick).y()
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, str(tick).replace("-", "−"))
        for i in range(5):
            t = round(self._T * (4 - i) / 4)
            x = self.point_of(t, 0).x()
            text = f"t = {t}" if i == 0 else str(t)
            rect = QRectF(x - 30, area.bottom() + 3, 60, 16)
            if i == 0:
                rect.moveLeft(area.left())
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft if i == 0 else Qt.AlignmentFlag.AlignHCenter, text)

    def _draw_handles(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.accent), 2))
        for index in range(len(self._modes)):
            painter.setBrush(QColor(tokens.accent if self._held == index else tokens.card))
            painter.drawEllipse(self.mode_point(index), 7, 7)
        painter.setPen(QPen(QColor(tokens.card), 2))
        painter.setBrush(QColor(tokens.warning))
        painter.drawEllipse(self.point_of(self._t, self._x), 6, 6)

    # --- gestures ---

    def _mode_at(self, point: QPointF) -> int | None:
        near = [((self.mode_point(i) - point).manhattanLength(), i) for i in range(len(self._modes))]
        distance, index = min(near, default=(HOLD + 1, -1))
        return index if distance <= HOLD else None

    def _value_at(self, point: QPointF) -> float:
        area = self.area
        return float(np.clip((area.center().y() - point.y()) / max(1.0, area.height()) * 2 * LIMIT, -LIMIT, LIMIT))

    def _time_at(self, point: QPointF) -> int:
        area = self.area
        return round(min(max((area.right() - point.x()) / max(1.0, area.width()), 0), 1) * self._T)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a mode; else put the dot there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        mode = self._mode_at(event.position())
        if mode is not None:
            self._held = mode
        elif event.position().x() <= self.area.right():
            self._held = "x"
            self._drag(event.position())
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held."""
        self._drag(event.position())

    def _drag(self, point: QPointF) -> None:
        if self._held == "x":
            self.scrubbed.emit(self._time_at(point))
            self.x_dragged.emit(self._value_at(point))
        elif self._held is not None:
            self.mode_dragged.emit(self._held, self._value_at(point))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is not None:
            self._held = None
            self.update()
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One mode more, or less."""
        mode = self._mode_at(event.position())
        if mode is not None:
            self._held = None
            self.mode_removed.emit(mode)
        elif event.position().x() > self.area.right():
            self.mode_added.emit(self._value_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

"""The timeline: the cursor between T and 0, and how far each lane has been computed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme, text_pixels

HANDLE = 8
TRACK = 4
TRACK_Y = 13
LANES_HEIGHT = 9
HEIGHT = 44
TIP = tr(
    "Timestep t: drag, click or turn the wheel.\nLeft/Right one step, PgUp/PgDn or Shift+Left/Right ten, Home = T, End = 0, Space plays."
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a lane has been computed: from T down to `reached`, in its colour."""

    reached: int
    colour: str


class Timeline(QWidget):
    """A track from T (left) to 0 (right) with a handle.

    Signals
    -------
    scrubbed(int)
        The person dragged or clicked to that timestep.
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    scrubbed = Signal(int)
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self._theme = theme
        self._T, self._t = 1000, 1000
        self._coverage: tuple[Coverage, ...] = ()
        self._dragging = False
        self._wheel = WheelSteps()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Timestep t"))
        self.setToolTip(TIP)
        theme.changed.connect(self.update)

    def set_range(self, T: int) -> None:
        """Largest timestep."""
        if T != self._T:
            self._T = T
            self.update()

    def set_cursor(self, t: int) -> None:
        """Put the handle at t; does not emit."""
        if t != self._t:
            self._t = t
            self.setAccessibleDescription(tr("t = {t} of {t2}", t=t, t2=self._T))
            self.update()

    def set_coverage(self, lanes: tuple[Coverage, ...]) -> None:
        """Show how far the lanes have been computed."""
        if lanes != self._coverage:
            self._coverage = lanes
            self.update()

    @property
    def t(self) -> int:
        """Where the handle is."""
        return self._t

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """How far the lanes have been computed."""
        return self._coverage

    def x_of(self, t: float) -> float:
        """Horizontal position of a timestep."""
        return HANDLE + (1 - t / max(self._T, 1)) * (self.width() - 2 * HANDLE)

    def t_at(self, x: float) -> int:
        """Timestep at a horizontal position."""
        share = (x - HANDLE) / max(1, self.width() - 2 * HANDLE)
        return round(self._T * (1 - min(1.0, max(0.0, share))))

    def sizeHint(self) -> QSize:
        """Track, lines of the lanes, numbers."""
        return QSize(400, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow, but as high as needed."""
        return QSize(120, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, coverage, numbers, handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw_track(painter)
        self._draw_numbers(painter, TRACK_Y + TRACK / 2 + 2 + LANES_HEIGHT)
        tokens = self._theme.tokens
        centre = QPointF(self.x_of(self._t), TRACK_Y)
        halo = QColor(tokens.accent)
        halo.setAlpha(110 if self.hasFocus() or self._dragging else 60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(centre, HANDLE + 3, HANDLE + 3)
        painter.setBrush(QColor(tokens.accent))
        painter.drawEllipse(centre, HANDLE - 1, HANDLE - 1)

    def _draw_track(self, painter: QPainter) -> None:
        """Track, and under it a line for each lane."""
        tokens = self._theme.tokens
        left, right = self.x_of(self._T), self.x_of(0)
        painter.setBrush(QColor(tokens.border))
        painter.drawRoundedRect(QRectF(left, TRACK_Y - TRACK / 2, right - left, TRACK), 2, 2)
        if not self._coverage:
            return
        reached = max(c.reached for c in self._coverage)
        painter.setBrush(QColor(tokens.muted))
        painter.drawRoundedRect(QRectF(left, TRACK_Y - TRACK / 2, self.x_of(reached) - left, TRACK), 2, 2)
        y, pitch = TRACK_Y + TRACK / 2 + 2, LANES_HEIGHT / max(3, len(self._coverage))
        for lane in self._coverage if len(self._coverage) > 1 else ():
            painter.setBrush(QColor(lane.colour))
            painter.drawRect(QRectF(left, y, self.x_of(lane.reached) - left, pitch - 1 if pitch > 2 else pitch))
            y += pitch

    def _draw_numbers(self, painter: QPainter, top: float) -> None:
        tokens = self._theme.tokens
        font = QFont(self.font())
        font.setPixelSize(text_pixels(10))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        pitch = (self.width() - 2 * HANDLE) / 4
        room = metrics.horizontalAdvance(f"T = {self._T}") + metrics.horizontalAdvance(str(self._T)) / 2 + 6
        for share in (1.0, 0.75, 0.5, 0.25, 0.0) if pitch >= room else (1.0, 0.5, 0.0) if 2 * pitch >= room else (1.0, 0.0):
            t = round(self._T * share)
            x = self.x_of(t)
            painter.setPen(QPen(QColor(tokens.faint), 1))
            painter.drawLine(QPointF(x, top + 2), QPointF(x, top + 5))
            painter.setPen(QColor(tokens.faint))
            flag = Qt.AlignmentFlag.AlignHCenter
            height = text_pixels(12)
            rect = QRectF(x - 24, top + 5, 48, height)
            if share in (1.0, 0.0):
                flag = Qt.AlignmentFlag.AlignLeft if share else Qt.AlignmentFlag.AlignRight
                rect = QRectF(2, top + 5, text_pixels(64), height) if share else QRectF(self.width() - 50, top + 5, 48, height)
            text = f"T = {t}" if share == 1.0 else str(t)
            painter.drawText(rect, flag | Qt.AlignmentFlag.AlignVCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and drag on."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self.scrubbed.emit(self.t_at(event.position().x()))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._dragging:
            self.scrubbed.emit(self.t_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._dragging = False
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw without the focus."""
        self.update()

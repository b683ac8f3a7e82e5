"""The film strip: one sample at evenly spaced states from T to 0, the one nearest the cursor framed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme, text_pixels
from explorer.widgets.pictures.pointed import Pointed

MARGIN = 8
MIN_GAP = 4
LABEL_HEIGHT = 14


class FilmStrip(QWidget):
    """Pictures in a row; as many as fit.

    Signals
    -------
    jumped(int)
        The person clicked the picture of that timestep.
    slots_changed(int)
        Another number of pictures fits.
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    jumped = Signal(int)
    slots_changed = Signal(int)
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side = 56
        self._follows: tuple[int, int] | None = None
        self._slots = 0
        self._states = 1 << 30
        self._images: list[QImage] = []
        self._timesteps = np.zeros(0, np.int64)
        self._t = 0
        self._hover = -1
        self._wheel = WheelSteps()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Film strip of the selected sample"))
        self.setToolTip(tr("The selected sample from T to 0. Click a picture to go there."))
        self.set_side(self._side)
        theme.changed.connect(self.update)

    def set_side(self, side: int) -> None:
        """Height and width of a picture in logical pixels."""
        self._side = side
        self.setFixedHeight(self.height_for(side))
        self._count_slots()

    def let_height_choose(self, least: int, most: int) -> None:
        """Have pictures as high as the strip is, of sides between these."""
        self._follows = least, most
        self.setMinimumHeight(self.height_for(least))
        self.setMaximumHeight(self.height_for(most))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @staticmethod
    def height_for(side: int) -> int:
        """Height of the strip with pictures of a side."""
        return side + LABEL_HEIGHT + 2 * MARGIN - 2

    def set_states(self, states: int) -> None:
        """Number of states of the chain: there are no more pictures than that."""
        if states != self._states:
            self._states = states
            self._count_slots()

    def set_film(self, timesteps: np.ndarray, tiles: np.ndarray) -> None:
        """Pictures (M, H, W, 3) uint8 at timesteps (M,), from T down; fewer than slots while sampling."""
        self._timesteps = timesteps
        self._images = [to_image(tile) for tile in tiles]
        self.update()

    def clear(self) -> None:
        """Show empty slots."""
        self.set_film(np.zeros(0, np.int64), np.zeros((0, 1, 1, 3), np.uint8))

    def set_cursor(self, t: int) -> None:
        """Frame the picture nearest to t."""
        if t != self._t:
            self._t = t
            self.update()

    @property
    def slots(self) -> int:
        """Number of pictures that fit."""
        return self._slots

    @property
    def timesteps(self) -> np.ndarray:
        """Timesteps of the pictures shown."""
        return self._timesteps

    @property
    def images(self) -> tuple[QImage, ...]:
        """Pictures shown."""
        return tuple(self._images)

    @property
    def framed(self) -> int:
        """Index of the picture nearest to the cursor; -1 without pictures."""
        return int(np.abs(self._timesteps - self._t).argmin()) if len(self._timesteps) else -1

    def rect_of(self, index: int) -> QRectF:
        """Rectangle of a picture."""
        free = self.width() - 2 * MARGIN - self._slots * self._side
        gap = free / (self._slots - 1) if self._slots > 1 else 0.0
        return QRectF(round(MARGIN + index * (self._side + gap)), MARGIN, self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, empty slots, the frame and its timestep."""
        painter = QPainter(self)
        tokens, framed = self._theme.tokens, self.framed
        font = painter.font()
        font.setPixelSize(text_pixels(10))
        painter.setFont(font)
        for index in range(self._slots):
            rect = self.rect_of(index)
            if index < len(self._images):
                image = self._images[index]
                painter.fillRect(rect, QColor(tokens.image_empty))
                draw_sharp(painter, fitted(rect, image, self.devicePixelRatioF(), sharp=True), image)
                painter.setPen(QColor(tokens.accent if index == framed else tokens.faint))
                below = QRectF(rect.left() - 4, rect.bottom() + 1, rect.width() + 8, LABEL_HEIGHT)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(int(self._timesteps[index])))
            else:
                painter.fillRect(rect, QColor(tokens.image_empty))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if 0 <= self._hover < len(self._images) and self._hover != framed:
            painter.setPen(QPen(QColor(tokens.muted), 1))
            painter.drawRoundedRect(self.rect_of(self._hover).adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
        if framed >= 0:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(self.rect_of(framed).adjusted(-2, -2, 2, 2), 3, 3)

    def sizeHint(self) -> QSize:
        """Wide; as high as set."""
        return QSize(640, self.height())

    def minimumSizeHint(self) -> QSize:
        """A few pictures."""
        return QSize(4 * self._side, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Count the slots anew."""
        if self._follows is not None:
            least, most = self._follows
            self._side = min(max(self.height() - self.height_for(0), least), most)
        self._count_slots()

    def _count_slots(self) -> None:
        slots = max(2, min(self._states, int((self.width() - 2 * MARGIN + MIN_GAP) // (self._side + MIN_GAP))))
        if slots != self._slots:
            self._slots = slots
            self.slots_changed.emit(slots)
        self.update()

    def _index_at(self, x: float) -> int:
        return next((i for i in range(len(self._images)) if self.rect_of(i).left() - 2 <= x <= self.rect_of(i).right() + 2), -1)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; without one that of the cursor."""
        index = self.framed if point is None else self._index_at(point.x())
        return Pointed(self._images[index], f"t = {int(self._timesteps[index])}", index) if 0 <= index < len(self._images) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the picture's timestep."""
        index = self._index_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.jumped.emit(int(self._timesteps[index]))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the picture under the mouse."""
        self._set_hover(self._index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        self._set_hover(-1)

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Say the timestep of the picture under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x())
            if index >= 0:
                QToolTip.showText(event.globalPos(), tr("t = {timesteps}: click to go there", timesteps=int(self._timesteps[index])), self)
                return True
        return super().event(event)

"""One decoding, large and sharp, with the pixel under the pointer."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

CORNER = 6


class PlanePicture(QWidget):
    """A square picture as wide as there is room.

    Parameters
    ----------
    name : str
        For who cannot see it.
    empty : str
        Stands there while there is no picture.

    Signals
    -------
    pixel_hovered(object)
        (row, column) under the pointer, or None.
    """

    pixel_hovered = Signal(object)

    def __init__(self, theme: Theme, name: str, empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._empty = theme, empty
        self._image: QImage | None = None
        self._pixel: tuple[int, int] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(QSize(56, 56))
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def set_tile(self, tile: np.ndarray | None) -> None:
        """Show a picture (H, W, 3) uint8; None empties the place."""
        self._image = None if tile is None else to_image(tile)
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def hasHeightForWidth(self) -> bool:
        """It is square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """It is square."""
        return width

    def sizeHint(self) -> QSize:
        """As in an inspector."""
        return QSize(112, 112)

    def _place(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, 0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture and the outline of the pixel."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place()
        frame = QPainterPath()
        frame.addRoundedRect(place, CORNER, CORNER)
        painter.setClipPath(frame)
        if self._image is None:
            painter.fillPath(frame, QColor(tokens.image_empty))
            painter.setFont(text_font(12))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(place.adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            return
        draw_sharp(painter, place, self._image)
        if self._pixel is not None:
            row, column = self._pixel
            side = place.width() / self._image.width()
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRect(QRectF(place.x() + column * side, place.y() + row * side, side, side).adjusted(0.5, 0.5, -0.5, -0.5))

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture."""
        return None if self._image is None else Pointed(self._image, self.accessibleName().lower())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which pixel is under the pointer."""
        place = self._place()
        pixel = None
        if self._image is not None and place.contains(event.position()):
            side = place.width() / self._image.width()
            inside = event.position() - place.topLeft()
            pixel = (min(self._image.height() - 1, int(inside.y() / side)), min(self._image.width() - 1, int(inside.x() / side)))
        self._take(pixel)

    def leaveEvent(self, event: QEvent) -> None:
        """No pixel is."""
        self._take(None)

    def _take(self, pixel: tuple[int, int] | None) -> None:
        if pixel != self._pixel:
            self._pixel = pixel
            self.pixel_hovered.emit(pixel)
            self.update()

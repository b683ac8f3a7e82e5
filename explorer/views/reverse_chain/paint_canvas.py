"""A large picture to paint on: brush marks and masks, in the picture's own pixels."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme

CLOSE = 0.2
"""Pixels that the brush moves before its path has another corner."""
MOST_CORNERS = 2000
VEIL = QColor(230, 90, 60, 120)


class PaintCanvas(QWidget):
    """Reports what the hand does; shows what it is given.

    Signals
    -------
    mark_growing(object), mark_ended(object)
        Path of the mark so far, a tuple of (x, y) in pixels.
    radius_wanted(float)
        The wheel asks for another size of the brush.
    """

    mark_growing = Signal(object)
    mark_ended = Signal(object)
    radius_wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | None = None
        self._veil: QImage | None = None
        self._radius = 2.0
        self._path: list[tuple[float, float]] = []
        self._last: tuple[float, float] | None = None
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(QSize(196, 196))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Canvas"))
        self.setToolTip(tr("Drag to paint. Wheel: size of the brush. Shift+click: a straight line from the last mark."))
        theme.changed.connect(self.update)

    def set_picture(self, tile: np.ndarray | None) -> None:
        """Picture (H, W, 3) uint8 that is painted on."""
        self._image = None if tile is None else to_image(tile)
        self.update()

    def set_region(self, region: np.ndarray | None) -> None:
        """Region (H, W), bool, that is veiled as erased; None for none."""
        if region is None:
            self._veil = None
        else:
            rgba = np.zeros((*region.shape, 4), np.uint8)
            rgba[region] = (VEIL.red(), VEIL.green(), VEIL.blue(), VEIL.alpha())
            height, width = region.shape
            self._veil = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        self.update()

    def set_radius(self, radius: float) -> None:
        """Size of the brush, in pixels."""
        if radius != self._radius:
            self._radius = radius
            self.update()

    @property
    def image(self) -> QImage | None:
        """Picture shown."""
        return self._image

    @property
    def place(self) -> QRectF:
        """Where the picture is, in the widget."""
        if self._image is None:
            return QRectF(self.rect())
        return fitted(QRectF(self.rect()).adjusted(1, 1, -1, -1), self._image, self.devicePixelRatioF(), sharp=True)

    def pixel_at(self, point: QPointF) -> tuple[float, float]:
        """Position in pixels of the picture."""
        place, width = self.place, self._image.width() if self._image is not None else 28
        scale = width / max(place.width(), 1)
        return (point.x() - place.x()) * scale, (point.y() - place.y()) * scale

    def point_of(self, x: float, y: float) -> QPointF:
        """Position in the widget."""
        place, width = self.place, self._image.width() if self._image is not None else 28
        scale = place.width() / width
        return QPointF(place.x() + x * scale, place.y() + y * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, veil, brush."""
        painter = QPainter(self)
        place, tokens = self.place, self._theme.tokens
        painter.fillRect(place, QColor(tokens.image_empty))
        if self._image is None:
            return
        draw_sharp(painter, place, self._image)
        if self._veil is not None:
            draw_sharp(painter, place, self._veil)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._pointer is not None:
            radius = self._radius * place.width() / self._image.width()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((QColor(0, 0, 0, 160), 3), (QColor(255, 255, 255), 1)):
                painter.setPen(QPen(colour, width))
                painter.drawEllipse(self._pointer, radius, radius)

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(448, 448)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a mark."""
        if event.button() != Qt.MouseButton.LeftButton or self._image is None:
            return
        here = self.pixel_at(event.position())
        straight = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._last is not None
        self._path = [self._last, here] if straight and self._last is not None else [here]
        self.mark_growing.emit(tuple(self._path))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the mark."""
        self._pointer = event.position()
        self.update()
        if self._path and len(self._path) < MOST_CORNERS:
            x, y = self.pixel_at(event.position())
            if math.hypot(x - self._path[-1][0], y - self._path[-1][1]) >= CLOSE:
                self._path.append((round(x, 2), round(y, 2)))
                self.mark_growing.emit(tuple(self._path))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the mark."""
        if self._path and event.button() == Qt.MouseButton.LeftButton:
            path, self._path = tuple(self._path), []
            self._last = path[-1]
            self.mark_ended.emit(path)

    def leaveEvent(self, event: QEvent) -> None:
        """No brush is shown."""
        self._pointer = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Another size of the brush."""
        notches = event.angleDelta().y() / 120
        if notches:
            self.radius_wanted.emit(self._radius * 1.2**notches)
        event.accept()

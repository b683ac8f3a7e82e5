"""A picture with two pixels marked; the marks are dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.exports.colours import OPTION_COLOURS
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme

COLOURS = (OPTION_COLOURS["A"], OPTION_COLOURS["B"])
NAMES = ("a", "b")
Pixel = tuple[int, int]


class PixelPicker(QWidget):
    """Two marks, a and b.

    Signals
    -------
    picked(int, int, int)
        Mark 0 or 1 was put at a row and a column.
    released()
        The drag is over.
    """

    picked = Signal(int, int, int)
    released = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | None = None
        self._pixels: tuple[Pixel, Pixel] = ((0, 0), (0, 0))
        self._held = -1
        self._chosen = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Two pixels"))
        self.setToolTip(tr("Drag the marks a and b to other pixels. Click moves the nearer one; W A S D move the one last used."))
        theme.changed.connect(self.update)

    def set_picture(self, tile: np.ndarray | None) -> None:
        """Show a picture (H, W, 3) uint8."""
        self._image = None if tile is None else to_image(tile)
        self.update()

    def set_pixels(self, pixels: tuple[Pixel, Pixel]) -> None:
        """Put the marks; does not emit."""
        self._pixels = pixels
        self.setAccessibleDescription(
            "; ".join(tr("{n}: row {r}, column {c}", n=n, r=r, c=c) for n, (r, c) in zip(NAMES, pixels, strict=True))
        )
        self.update()

    @property
    def image(self) -> QImage | None:
        """Picture shown."""
        return self._image

    def sizeHint(self) -> QSize:
        """Eight screen pixels a pixel."""
        return QSize(224, 224)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(140, 140)

    @property
    def area(self) -> QRectF:
        """Where the picture is."""
        image = self._image
        if image is None:
            side = min(self.width(), self.height())
            return QRectF(0, 0, side, side)
        placed = fitted(QRectF(self.rect()), image, self.devicePixelRatioF(), sharp=True)
        placed.moveTop(0)
        return placed

    def rect_of(self, pixel: Pixel) -> QRectF:
        """Where a pixel is."""
        area, image = self.area, self._image
        scale = area.width() / (image.width() if image is not None else 28)
        return QRectF(area.left() + pixel[1] * scale, area.top() + pixel[0] * scale, scale, scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture and marks."""
        painter = QPainter(self)
        painter.fillRect(self.area, QColor(self._theme.tokens.image_empty))
        if self._image is not None:
            draw_sharp(painter, self.area, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(12))
        for pixel, colour, name in zip(self._pixels, COLOURS, NAMES, strict=True):
            rect = self.rect_of(pixel).adjusted(-2, -2, 2, 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#101216"), 4))
            painter.drawRect(rect)
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawRect(rect)
            label = QRectF(rect.right() + 4, rect.center().y() - 9, 18, 18)
            if label.right() > self.area.right():
                label.moveRight(rect.left() - 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(label, 4, 4)
            painter.setPen(QColor("#101216"))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, name)

    def _pixel_at(self, point: QPointF) -> Pixel:
        area, image = self.area, self._image
        columns, rows = (image.width(), image.height()) if image is not None else (28, 28)
        column = int((point.x() - area.left()) / max(1.0, area.width()) * columns)
        row = int((point.y() - area.top()) / max(1.0, area.height()) * rows)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer mark."""
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            distances = [(self.rect_of(p).center() - event.position()).manhattanLength() for p in self._pixels]
            self._held = self._chosen = int(np.argmin(distances))
            self.picked.emit(self._held, *self._pixel_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held >= 0:
            self.picked.emit(self._held, *self._pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held >= 0:
            self._held = -1
            self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the mark last used."""
        moves = {Qt.Key.Key_W: (-1, 0), Qt.Key.Key_S: (1, 0), Qt.Key.Key_A: (0, -1), Qt.Key.Key_D: (0, 1)}
        key = Qt.Key(event.key())
        if key not in moves or self._image is None:
            event.ignore()
            return
        row, column = self._pixels[self._chosen]
        down, right = moves[key]
        row, column = min(max(row + down, 0), self._image.height() - 1), min(max(column + right, 0), self._image.width() - 1)
        self.picked.emit(self._chosen, row, column)
        self.released.emit()

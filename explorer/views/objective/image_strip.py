"""A row of images of which one is chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

MARGIN = 8
MIN_GAP = 6
SIDE = 56
MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ImageStrip(QWidget):
    """As many images as fit; the arrow keys choose the next one.

    Signals
    -------
    chosen(int)
        The person chose the image of that number.
    slots_changed(int)
        Another number of images fits.
    """

    chosen = Signal(int)
    slots_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: list[QImage] = []
        self._tips: tuple[str, ...] = ()
        self._selected, self._hover, self._slots = 0, -1, 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(SIDE + 2 * MARGIN)
        self.setAccessibleName(tr("Images"))
        self.setToolTip(tr("Click an image to look at it alone (← and → choose the next)"))
        theme.changed.connect(self.update)

    def set_images(self, tiles: np.ndarray, tips: tuple[str, ...]) -> None:
        """Show pictures (N, H, W, 3) uint8 with what is said of each."""
        self._images, self._tips = [to_image(tile) for tile in tiles], tips
        self._describe()

    def set_selected(self, index: int) -> None:
        """Frame one; does not emit."""
        if index != self._selected:
            self._selected = index
            self._describe()

    @property
    def slots(self) -> int:
        """Number of images that fit."""
        return self._slots

    @property
    def images(self) -> tuple[QImage, ...]:
        """Pictures shown."""
        return tuple(self._images)

    def _describe(self) -> None:
        said = self._tips[self._selected] if self._selected < len(self._tips) else ""
        self.setAccessibleDescription(tr("{said} chosen", said=said) if said else "")
        self.update()

    def rect_of(self, index: int) -> QRectF:
        """Rectangle of an image."""
        free = self.width() - 2 * MARGIN - self._slots * SIDE
        gap = free / (self._slots - 1) if self._slots > 1 else 0.0
        return QRectF(round(MARGIN + index * (SIDE + gap)), MARGIN, SIDE, SIDE)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The image under a point; without one the chosen one."""
        for index in range(min(self._slots, len(self._images))):
            if index == self._selected if point is None else self.rect_of(index).contains(point):
                return Pointed(self._images[index], self._tips[index].partition(":")[0] or tr("image {index}", index=index), index)
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Images, empty slots, the frame."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        for index in range(min(self._slots, len(self._images) or self._slots)):  # all are empty before there are any
            rect = self.rect_of(index)
            painter.fillRect(rect, QColor(tokens.image_empty))
            if index < len(self._images):
                draw_sharp(painter, fitted(rect, self._images[index], self.devicePixelRatioF(), sharp=True), self._images[index])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if 0 <= self._hover < len(self._images) and self._hover != self._selected:
            painter.setPen(QPen(QColor(tokens.muted), 1))
            painter.drawRoundedRect(self.rect_of(self._hover).adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)
        if self._selected < min(self._slots, len(self._images)):
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(self.rect_of(self._selected).adjusted(-2, -2, 2, 2), 3, 3)

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(640, self.height())

    def minimumSizeHint(self) -> QSize:
        """A few images."""
        return QSize(4 * SIDE, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Count the slots anew."""
        slots = max(1, int((self.width() - 2 * MARGIN + MIN_GAP) // (SIDE + MIN_GAP)))
        if slots != self._slots:
            self._slots = slots
            self.slots_changed.emit(slots)

    def _index_at(self, x: float) -> int:
        return next((i for i in range(min(self._slots, len(self._images))) if self.rect_of(i).left() <= x <= self.rect_of(i).right()), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the mouse."""
        index = self._index_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark it."""
        self._set_hover(self._index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        self._set_hover(-1)

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The next image, or the one before."""
        move = MOVES.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        elif 0 <= self._selected + move < min(self._slots, len(self._images)):
            self.chosen.emit(self._selected + move)

    def event(self, event: QEvent) -> bool:
        """Say what the image under the mouse is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x())
            if 0 <= index < len(self._tips):
                QToolTip.showText(event.globalPos(), tr("{tips}: click to look at it alone", tips=self._tips[index]), self)
                return True
        return super().event(event)

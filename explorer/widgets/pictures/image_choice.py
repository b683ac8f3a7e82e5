"""Thumbnails of which one is chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

COLUMNS, GAP = 6, 4


class ImageChoice(QWidget):
    """Pictures in rows of six.

    Signals
    -------
    chosen(int)
        Index of a picture, counted from `start`'s.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, rows: int = 4, doing: str = "noise it", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._rows, self._doing = theme, rows, doing
        self._images: list[QImage] = []
        self._start, self._current = 0, -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Test images"))
        self.setToolTip(tr("Click a test image to {doing}; arrow keys go to its neighbours", doing=doing))
        theme.changed.connect(self.update)

    def show_images(self, start: int, tiles: np.ndarray) -> None:
        """Show tiles (N, H, W, 3) of the images from `start` on."""
        self._start = start
        self._images = [to_image(tile) for tile in tiles]
        self.update()

    def set_current(self, index: int) -> None:
        """Frame an image; -1 for none. Does not emit."""
        if index != self._current:
            self._current = index
            self.update()

    @property
    def count(self) -> int:
        """How many are shown at most."""
        return COLUMNS * self._rows

    @property
    def shown(self) -> range:
        """Indices of the images shown."""
        return range(self._start, self._start + len(self._images))

    def heightForWidth(self, width: int) -> int:
        """Cells are square."""
        return self._height(width)

    def _height(self, width: int) -> int:
        return round(self._rows * self._side(width) + (self._rows - 1) * GAP)

    def sizeHint(self) -> QSize:
        """Of the inspector's width."""
        return QSize(240, self._height(240))

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(180, self._height(180))

    def _side(self, width: int) -> int:
        return max(8, (width - (COLUMNS - 1) * GAP) // COLUMNS)

    def rect_of(self, index: int) -> QRectF:
        """Where an image is."""
        place, side = index - self._start, self._side(self.width())
        return QRectF((place % COLUMNS) * (side + GAP), (place // COLUMNS) * (side + GAP), side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, and the frame."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        for place in range(self.count):
            rect = self.rect_of(self._start + place)
            if place < len(self._images):
                draw_sharp(painter, rect, self._images[place])
            else:
                painter.fillRect(rect, QColor(tokens.image_empty))
        if self._current in self.shown:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect_of(self._current).adjusted(1, 1, -1, -1))

    def _index_at(self, x: float, y: float) -> int:
        return next((i for i in self.shown if self.rect_of(i).contains(x, y)), -1)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; without one the framed one."""
        index = self._current if point is None else self._index_at(point.x(), point.y())
        return Pointed(self._images[index - self._start], tr("test image {index}", index=index), index) if index in self.shown else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        index = self._index_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a neighbour."""
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
        key = Qt.Key(event.key())
        if key in moves and self._current >= 0:
            self.chosen.emit(max(0, self._current + moves[key]))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say which image is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._index_at(event.pos().x(), event.pos().y())
            QToolTip.showText(
                event.globalPos(),
                tr("test image {index}: click to {doing}", index=index, doing=self._doing) if index >= 0 else self.toolTip(),
                self,
            )
            return True
        return super().event(event)

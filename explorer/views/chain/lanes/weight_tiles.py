"""Small pictures in rows, each with how much it weighs and what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.sharp import draw_frame, draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

COLUMNS = 4
GAP = 8
CAPTION = 16
FONT = 11


@dataclass(frozen=True, slots=True, eq=False)
class WeightTile:
    """One picture.

    Attributes
    ----------
    picture : ndarray, shape (H, W, 3), uint8
    weight : float
        In [0, 1].
    caption, tip : str
    chosen : bool
        It has a frame.
    """

    picture: np.ndarray
    weight: float
    caption: str
    tip: str
    chosen: bool = False


class WeightTiles(QWidget):
    """Pictures in rows of four, a bar under each as long as its weight."""

    def __init__(self, theme: Theme, rows: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._rows = theme, rows
        self._tiles: tuple[WeightTile, ...] = ()
        self._images: tuple[QImage, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    @property
    def capacity(self) -> int:
        """How many pictures there is room for."""
        return self._rows * COLUMNS

    @property
    def tiles(self) -> tuple[WeightTile, ...]:
        """What is shown."""
        return self._tiles

    def set_tiles(self, tiles: tuple[WeightTile, ...]) -> None:
        """Show at most as many as there is room for."""
        self._tiles = tiles[: self.capacity]
        self._images = tuple(to_image(tile.picture) for tile in self._tiles)
        self.setAccessibleDescription("; ".join(tile.tip for tile in self._tiles))
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Square pictures and their captions."""
        return self._rows * (self._side(width) + CAPTION) + (self._rows - 1) * GAP

    def sizeHint(self) -> QSize:
        """As in an inspector."""
        return QSize(256, self.heightForWidth(256))

    def minimumSizeHint(self) -> QSize:
        """Small pictures are still seen."""
        return QSize(COLUMNS * 28 + (COLUMNS - 1) * GAP, self.heightForWidth(COLUMNS * 28 + (COLUMNS - 1) * GAP))

    def _side(self, width: int) -> int:
        return max(1, (width - (COLUMNS - 1) * GAP) // COLUMNS)

    def _place(self, index: int) -> QRectF:
        side = self._side(self.width())
        row, column = divmod(index, COLUMNS)
        step = (self.width() - side) / (COLUMNS - 1)
        return QRectF(round(column * step), row * (side + CAPTION + GAP), side, side)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; without one the chosen one."""
        for index, tile in enumerate(self._tiles):
            if tile.chosen if point is None else self._place(index).contains(point):
                return Pointed(self._images[index], tile.caption, index)
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, bars, captions."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setFont(text_font(FONT))
        for index in range(self.capacity):
            square = self._place(index)
            painter.fillRect(square, QColor(tokens.image_empty))
            if index >= len(self._tiles):
                continue
            tile, image = self._tiles[index], self._images[index]
            draw_sharp(painter, fitted(square, image, self.devicePixelRatioF(), sharp=True), image)
            if tile.chosen:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawRect(square.adjusted(1, 1, -1, -1))
            elif tokens.name == "light":
                draw_frame(painter, square, QColor(tokens.border))
            length = 0.0 if math.isnan(tile.weight) else square.width() * tile.weight
            painter.fillRect(QRectF(square.left(), square.bottom() + 1, length, 2), QColor(tokens.accent))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QPointF(square.left(), square.bottom() + CAPTION - 1), tile.caption)

    def event(self, event: QEvent) -> bool:
        """What is under the mouse says what it is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for index, tile in enumerate(self._tiles):
                if self._place(index).adjusted(0, 0, 0, CAPTION).contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), tile.tip, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

"""All channels of one block, large, on one scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.views.chain.lanes.grid_geometry import GridGeometry, fit_grid
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import words
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_popup import PicturePopup


class ChannelSheet(QWidget):
    """A grid of channels; the one under the mouse is shown large, with its range."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: list[QImage] = []
        self._ranges: list[tuple[float, float]] = []
        self._framed: int | None = None
        self._hover = -1
        self._grid: GridGeometry | None = None
        self._popup: PicturePopup | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Channels of the chosen block"))
        theme.changed.connect(self.update)

    def show_channels(self, tiles: np.ndarray, low: np.ndarray, high: np.ndarray, framed: int | None = None) -> None:
        """Pictures (M, H, W, 3) uint8 with the range of each; one may be framed."""
        same = len(tiles) == len(self._images) and bool(self._images) and tiles.shape[1:3] == self._size
        self._images = [to_image(tile) for tile in tiles]
        self._ranges = [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
        self._framed = framed
        self.setAccessibleDescription(tr("{count} channels", count=len(tiles)))
        if not same:
            self._fit()
        if self._popup is not None and self._popup.isVisible() and 0 <= self._hover < len(self._images):
            self._popup.set_picture(self._images[self._hover])
        self.update()

    def clear(self) -> None:
        """Show none."""
        self._images, self._ranges, self._grid, self._framed = [], [], None, None
        self._set_hover(-1)
        self.update()

    @property
    def count(self) -> int:
        """Number of channels shown."""
        return len(self._images)

    @property
    def grid(self) -> GridGeometry | None:
        """Where they are; None without any."""
        return self._grid

    @property
    def _size(self) -> tuple[int, int]:
        return self._images[0].height(), self._images[0].width()

    def image(self, index: int) -> QImage:
        """Picture of a channel."""
        return self._images[index]

    def words_of(self, index: int) -> str:
        """Range of a channel."""
        low, high = self._ranges[index]
        return tr("{low:.3g} to {high:.3g}", low=low, high=high)

    def sizeHint(self) -> QSize:
        """A few rows."""
        return QSize(300, 240)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(160, 96)

    def _fit(self) -> None:
        self._grid = (
            fit_grid(len(self._images), self._size, self.width(), self.height(), self.devicePixelRatioF()) if self._images else None
        )
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, then the frames."""
        if self._grid is None:
            return
        painter = QPainter(self)
        tokens = self._theme.tokens
        for index, image in enumerate(self._images):
            draw_sharp(painter, self._grid.rect(index), image)
            if tokens.name == "light" and self._grid.gap > 1:
                painter.setPen(QPen(QColor(tokens.border), 1))
                painter.drawRect(self._grid.rect(index).adjusted(-0.5, -0.5, 0, 0))
        for chosen, colour in ((self._framed, tokens.text), (self._hover, tokens.accent)):
            if chosen is not None and 0 <= chosen < len(self._images):
                painter.setPen(QPen(QColor(colour), 1))
                painter.drawRect(self._grid.rect(chosen).adjusted(-1, -1, 0, 0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the channel under the mouse large."""
        pixel = None if self._grid is None else self._grid.pixel_at(QPointF(event.position()))
        self._set_hover(-1 if pixel is None else pixel.index)

    def leaveEvent(self, event: QEvent) -> None:
        """Show none large."""
        self._set_hover(-1)

    def hideEvent(self, event: QEvent) -> None:
        """Show none large."""
        self._set_hover(-1)

    def _set_hover(self, index: int) -> None:
        if index == self._hover:
            return
        self._hover = index
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.update()
        if 0 <= index < len(self._images) and self._grid is not None:
            if self._popup is None:
                self._popup = PicturePopup(self._theme, self.window())
            area: QRect = QRectF(self._grid.rect(index)).toRect()
            self._popup.show_picture(self._images[index], (words(tr("channel {index}", index=index)),), self.words_of(index), self, area)
        elif self._popup is not None:
            self._popup.hide()

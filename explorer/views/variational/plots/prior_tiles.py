"""Samples of the prior, decoded: those that are read as digits in a frame."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

GAP, EDGE = 4.0, 2.0
"""Pixels between two pictures, and about them all for the frames."""
CONFIDENT = 0.9


class PriorTiles(QWidget):
    """A grid of pictures that fills its room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: tuple[QImage, ...] = ()
        self._confidences, self._digits = np.zeros(0), np.zeros(0, np.uint8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Samples of the prior, decoded"))
        self.setToolTip(tr("Decodings of codes z ~ N(0, I), the same codes for every network: the squares on the plane"))
        theme.changed.connect(self.update)

    def show_samples(self, tiles: np.ndarray, confidences: np.ndarray, digits: np.ndarray) -> None:
        """Show pictures (N, H, W, 3) uint8, with what is read in them; nothing is where there is no classifier."""
        self._images = tuple(to_image(tile) for tile in tiles)
        self._confidences, self._digits = confidences, digits
        self.update()

    @property
    def read(self) -> int:
        """How many are read as digits."""
        return int((self._confidences > CONFIDENT).sum())

    @property
    def images(self) -> tuple[QImage, ...]:
        """Pictures shown."""
        return self._images

    def sizeHint(self) -> QSize:
        """Eight in a row."""
        return QSize(360, 180)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(240, 120)

    def _across(self) -> int:
        """As many in a row as make them largest."""
        count = max(1, len(self._images))

        def side(across: int) -> float:
            return min((self.width() - 2 * EDGE) / across, (self.height() - 2 * EDGE) / math.ceil(count / across))

        return max(range(1, count + 1), key=side)

    def tile_of(self, index: int) -> QRectF:
        """Where a picture is."""
        across = self._across()
        down = math.ceil(max(1, len(self._images)) / across)
        side = min((self.width() - 2 * EDGE) / across, (self.height() - 2 * EDGE) / down)
        left, top = (self.width() - side * across) / 2, (self.height() - side * down) / 2
        return QRectF(left + index % across * side + GAP / 2, top + index // across * side + GAP / 2, side - GAP, side - GAP)

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture there."""
        if point is None:
            return None
        for index, image in enumerate(self._images):
            if self.tile_of(index).contains(point):
                return Pointed(image, tr("sample {index} of the prior", index=index))
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, frames."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        for index, image in enumerate(self._images):
            place = self.tile_of(index)
            draw_sharp(painter, place, image)
            read = index < len(self._confidences) and self._confidences[index] > CONFIDENT
            if read or tokens.name == "light":
                painter.setPen(QPen(QColor(tokens.accent if read else tokens.border), 2 if read else 1))
                painter.drawRect(place.adjusted(-1, -1, 0, 0) if read else place)

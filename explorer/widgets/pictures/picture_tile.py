"""One picture with its name under it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.look.math_text import Formula, draw, plain, width_of
from explorer.widgets.look.sharp import draw_frame, draw_sharp, sharp_scale, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

CAPTION = 22
NAME_PIXELS, LEAST_NAME_PIXELS = 14, 10


class PictureTile(QWidget):
    """A square picture as wide as it may be, and a formula.

    Parameters
    ----------
    to_right : bool
        Keep what is left of the width at the left.
    """

    def __init__(self, theme: Theme, to_right: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._to_right = theme, to_right
        self._image: QImage | None = None
        self._formula: Formula = ()
        self._wish = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_picture(self, tile: np.ndarray | None, formula: Formula) -> None:
        """Show a picture (H, W, 3) uint8; None for an empty one."""
        self._image = None if tile is None else to_image(tile)
        self._formula = formula
        self.setAccessibleName(plain(formula))
        self.update()

    @property
    def image(self) -> QImage | None:
        """Picture shown."""
        return self._image

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture."""
        return None if self._image is None else Pointed(self._image, plain(self._formula))

    @property
    def name_pixels(self) -> int:
        """Size of its name: smaller where the usual one has no room."""
        sizes = range(NAME_PIXELS, LEAST_NAME_PIXELS, -1)
        return next((pixels for pixels in sizes if width_of(self._formula, pixels) <= self.width() - 2), LEAST_NAME_PIXELS)

    def hasHeightForWidth(self) -> bool:
        """It is as high as wide, and its name, unless a side is wished for."""
        return not self._wish

    def wish(self, side: int) -> None:
        """Be so high, and its name, or less on a low page: as high as wide is more than such a page has, which then squeezes the rest."""
        if side != self._wish:
            self._wish = side
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        """As high as wide, and its name."""
        return self._side(width) + CAPTION

    def _side(self, width: int) -> int:
        pixels = self._image.width() if self._image is not None else 28
        return round(sharp_scale(width / pixels, self.devicePixelRatioF()) * pixels)

    def sizeHint(self) -> QSize:
        """About a third of a panel."""
        return QSize(112, (self._wish or 112) + CAPTION)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(56, 56 + CAPTION)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture and name."""
        painter = QPainter(self)
        tokens = self._theme.tokens
        side = self._side(max(1, min(self.width(), self.height() - CAPTION)))  # whole, where it has less height than it wants
        left = self.width() - side if self._to_right else 0
        square = QRectF(left, 0, side, side)
        painter.fillRect(square, QColor(tokens.image_empty))
        if self._image is not None:
            height = side * self._image.height() / self._image.width()
            draw_sharp(painter, QRectF(left, (side - height) / 2, side, height), self._image)
        if tokens.name == "light":
            draw_frame(painter, square, QColor(tokens.border))
        draw(painter, QPointF(left + 1, side + 16), self._formula, self.name_pixels, QColor(tokens.muted))

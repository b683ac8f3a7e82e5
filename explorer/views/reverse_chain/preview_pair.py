"""Two previews, one under the other."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.widgets.pictures.picture_tile import CAPTION, PictureTile

LARGE, LARGEST_SIDE, GAP = 168, 280, 8
"""Side of a preview, at the most where the panel is wide, and what is between two."""
ROOMY = 1000
"""Width of the panel from which on the canvas leaves room for larger ones."""


class PreviewPair(QWidget):
    """Two pictures under one another, as large as the height allows."""

    def __init__(self, *tiles: PictureTile) -> None:
        super().__init__()
        self._tiles = tiles
        self._pixels = 28
        for tile in tiles:
            tile.setParent(self)
        self.setFixedWidth(LARGE)
        self.setMinimumHeight(2 * (56 + CAPTION))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place them."""
        self._place()

    def _place(self) -> None:
        side = max(56, min(self.width(), (self.height() - GAP) // 2 - CAPTION))
        side -= side % self._pixels if side >= self._pixels else 0
        top = max(0, (self.height() - 2 * (side + CAPTION) - GAP) // 2)
        for place, tile in enumerate(self._tiles):
            tile.setGeometry((self.width() - side) // 2, top + place * (side + CAPTION + GAP), side, side + CAPTION)

    def set_pixels(self, pixels: int) -> None:
        """Width of the images: they are drawn at whole multiples of it, where there is room."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._place()

    def fit(self, width: int, height: int) -> None:
        """Take more of a panel of this size where its canvas cannot use the width."""
        self.setFixedWidth(LARGE if width < ROOMY else min(LARGEST_SIDE, max(LARGE, height // 2 - 2 * CAPTION)))

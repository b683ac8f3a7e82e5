"""Where the pictures of a grid are: columns, scale and rectangles that fill a given space best."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.widgets.look.sharp import sharp_scale

GAPS = ((6, 4.0), (3, 2.0), (2, 1.5))
"""How far apart pictures are, and the scale from which on; small ones only one pixel."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """One pixel of one picture."""

    index: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """A grid of `count` pictures in logical pixels.

    Attributes
    ----------
    count, columns, rows : int
    image_height, image_width : int
        Image pixels of one picture.
    scale : float
        Logical pixels for each image pixel.
    gap : int
    left, top : float
        Of the first picture.
    """

    count: int
    columns: int
    rows: int
    image_height: int
    image_width: int
    scale: float
    gap: int
    left: float
    top: float

    @property
    def width(self) -> float:
        """Of all columns with their gaps."""
        return self.columns * (self.image_width * self.scale + self.gap) - self.gap

    @property
    def height(self) -> float:
        """Of all rows with their gaps."""
        return self.rows * (self.image_height * self.scale + self.gap) - self.gap

    def rect(self, index: int) -> QRectF:
        """Rectangle of one picture."""
        row, column = divmod(index, self.columns)
        width, height = self.image_width * self.scale, self.image_height * self.scale
        return QRectF(self.left + column * (width + self.gap), self.top + row * (height + self.gap), width, height)

    def pixel_at(self, point: QPointF) -> Pixel | None:
        """Pixel under a point; None between and outside the pictures."""
        step_x = self.image_width * self.scale + self.gap
        step_y = self.image_height * self.scale + self.gap
        column, row = math.floor((point.x() - self.left) / step_x), math.floor((point.y() - self.top) / step_y)
        index = row * self.columns + column
        if not (0 <= column < self.columns and 0 <= row < self.rows and index < self.count):
            return None
        rect = self.rect(index)
        x, y = (point.x() - rect.x()) / self.scale, (point.y() - rect.y()) / self.scale
        if x >= self.image_width or y >= self.image_height:
            return None
        return Pixel(index, int(y), int(x))


def fit_grid(count: int, image: tuple[int, int], width: float, height: float, ratio: float = 1.0, columns: int = 0) -> GridGeometry:
    """Grid of `count` pictures, centred in `width` x `height` logical pixels.

    Parameters
    ----------
    image : (int, int)
        Height and width of one picture.
    ratio : float
        Screen pixels in a logical pixel.
    columns : int
        Fixed number of columns; 0 takes the one that shows the pictures largest, the squarest of them.
    """
    best: GridGeometry | None = None
    for trial in [columns] if columns else range(1, count + 1):
        found = _fit_columns(count, image, width, height, ratio, trial)
        if best is None or _worth(found) > _worth(best):
            best = found
    assert best is not None
    return best


def _worth(grid: GridGeometry) -> tuple[float, int, int]:
    return grid.scale, grid.count - grid.columns * grid.rows, -abs(grid.columns - grid.rows)


def _fit_columns(count: int, image: tuple[int, int], width: float, height: float, ratio: float, columns: int) -> GridGeometry:
    image_height, image_width = image
    rows = math.ceil(count / columns)

    def fit(gap: int) -> float:
        across = (width - gap * (columns - 1)) / (columns * image_width)
        down = (height - gap * (rows - 1)) / (rows * image_height)
        return max(0.05, min(across, down))

    scale, gap = sharp_scale(fit(1), ratio), 1
    for wider, least in GAPS:
        if scale >= least and sharp_scale(fit(wider), ratio) >= scale:
            gap = wider
            break
    used_width = columns * (image_width * scale + gap) - gap
    used_height = rows * (image_height * scale + gap) - gap
    left, top = round((width - used_width) / 2), round((height - used_height) / 2)
    return GridGeometry(count, columns, rows, image_height, image_width, scale, gap, max(left, 0), max(top, 0))

"""Where the cells of small multiples are: lanes as columns or as rows, whichever shows the pictures larger."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.widgets.look.sharp import sharp_scale

GAP = 4
NUMBERS = 36
"""Room for the samples' numbers beside or above the pictures."""
HEAD = 40
"""Room for a lane's label and note above its column."""
NAMES = (40, 160)
"""Room for them beside its row: as wide as they are, within these."""
LARGEST = 6.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the cells are, in logical pixels.

    Attributes
    ----------
    lanes, samples : int
    upright : bool
        Lanes are columns and samples rows; else the other way round.
    width, height : float
        Of one picture.
    left, top : float
        Of the first picture.
    """

    lanes: int
    samples: int
    upright: bool
    width: float
    height: float
    left: float
    top: float

    def rect(self, lane: int, sample: int) -> QRectF:
        """Rectangle of a cell."""
        column, row = (lane, sample) if self.upright else (sample, lane)
        return QRectF(self.left + column * (self.width + GAP), self.top + row * (self.height + GAP), self.width, self.height)

    @property
    def bottom(self) -> float:
        """Under the last row."""
        return self.top + (self.samples if self.upright else self.lanes) * (self.height + GAP)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Lane and sample under a point; None between and outside."""
        column, row = int((point.x() - self.left) // (self.width + GAP)), int((point.y() - self.top) // (self.height + GAP))
        lane, sample = (column, row) if self.upright else (row, column)
        if not (0 <= lane < self.lanes and 0 <= sample < self.samples) or not self.rect(lane, sample).contains(point):
            return None
        return lane, sample


def place(
    lanes: int, samples: int, image: tuple[int, int], width: float, height: float, ratio: float = 1.0, names: float = NAMES[1],
    least: float = 1.0,
) -> Placement:  # fmt: skip
    """Cells that fill `width` x `height` best: lanes as columns or as rows, whichever shows the pictures larger.

    Where even pictures of `least` logical pixels for each of theirs do not fit, lanes are columns and the rows go beyond the height.
    """
    best: tuple[float, bool] = (0.0, True)
    for upright in (True, False):
        columns, rows = (lanes, samples) if upright else (samples, lanes)
        left, top = (NUMBERS, HEAD) if upright else (names, NUMBERS / 2)
        across = (width - left - GAP * columns) / (columns * image[1])
        down = (height - top - GAP * rows) / (rows * image[0])
        scale = min(across, down, LARGEST)
        if scale > best[0] * 1.001:
            best = scale, upright
    scale, upright = best
    if scale < least or scale <= 0:
        upright = True
        scale = max(0.25, min(1.0, (width - NUMBERS - GAP * lanes) / (lanes * image[1])))
    scale = sharp_scale(scale, ratio)
    left, top = (NUMBERS, HEAD) if upright else (names, NUMBERS / 2)
    columns = lanes if upright else samples
    spare = max(0.0, width - left - columns * (image[1] * scale + GAP))
    return Placement(lanes, samples, upright, image[1] * scale, image[0] * scale, left + round(spare / 2), top)

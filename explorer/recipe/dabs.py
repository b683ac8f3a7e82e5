"""Brush marks and masks, in pixels of an image: what a person paints, and which pixels it covers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # reading a recipe does not wait for numpy
    import numpy as np

MAX_DAB_CORNERS = 4096
MAX_RADIUS = 512.0
MAX_PAINT = 4.0
"""Largest value that can be painted, in units of the image's range [-1, 1] and of the noise's standard deviation."""
MAX_SIDE = 512


class Dab(msgspec.Struct, frozen=True, omit_defaults=True):
    """One mark of the brush.

    Attributes
    ----------
    path : tuple of (float, float)
        Corners (x, y) in pixels; pixel (row, column) has its middle at (column + 0.5, row + 0.5).
    radius : float
        Of the brush, in pixels.
    value : float
        What is painted, in the image's range: -1 is black, 1 is white.
    noise : float
        Standard deviation of the noise added to it.
    colour : (float, float, float) or None
        Red, green and blue in the value's place, in images of three channels; None is the value in every channel.
    """

    path: tuple[tuple[float, float], ...]
    radius: float = 1.5
    value: float = 1.0
    noise: float = 0.0
    colour: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be painted (ValueError)."""
        if not 1 <= len(self.path) <= MAX_DAB_CORNERS:
            raise ValueError(f"a brush mark has 1 to {MAX_DAB_CORNERS} corners, not {len(self.path)}")
        if not all(math.isfinite(c) and abs(c) <= 1e6 for corner in self.path for c in corner):
            raise ValueError("a brush mark's corners are finite, in pixels")
        if not 0 < self.radius <= MAX_RADIUS:
            raise ValueError(f"the brush's radius is in (0, {MAX_RADIUS:g}] pixels, not {self.radius}")
        values = (self.value, *(self.colour or ()))
        if not (all(abs(value) <= MAX_PAINT for value in values) and 0 <= self.noise <= MAX_PAINT):
            raise ValueError(f"what is painted is in [-{MAX_PAINT:g}, {MAX_PAINT:g}], its noise in [0, {MAX_PAINT:g}]")


def coverage(dab: Dab, height: int, width: int) -> np.ndarray:
    """How much of each pixel a mark covers, shape (height, width), float32 in [0, 1]: soft over one pixel at its edge."""
    import numpy as np

    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    path = np.array(dab.path, np.float64)
    starts, ends = (path[:-1], path[1:]) if len(path) > 1 else (path, path)
    nearest = np.full((height, width), np.inf)
    for (ax, ay), (bx, by) in zip(starts, ends, strict=True):
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0, 1) if length > 0 else 0.0
        np.minimum(nearest, np.hypot(x - ax - share * dx, y - ay - share * dy), out=nearest)
    return np.clip(dab.radius + 0.5 - nearest, 0, 1).astype(np.float32)


class Mask(msgspec.Struct, frozen=True):
    """A region of an image.

    Attributes
    ----------
    height, width : int
    bits : bytes
        A bit a pixel, row by row, the first in the highest bit; 1 is in the region.
    """

    height: int
    width: int
    bits: bytes

    def __post_init__(self) -> None:
        """Refuse a mask that is of no image (ValueError)."""
        if not (1 <= self.height <= MAX_SIDE and 1 <= self.width <= MAX_SIDE):
            raise ValueError(f"a mask's sides are in 1..{MAX_SIDE}, not {self.height} x {self.width}")
        if len(self.bits) != (self.height * self.width + 7) // 8:
            raise ValueError(f"a mask of {self.height} x {self.width} pixels does not have {len(self.bits)} bytes")

    def array(self) -> np.ndarray:
        """Shape (height, width), bool."""
        import numpy as np

        bits = np.unpackbits(np.frombuffer(self.bits, np.uint8), count=self.height * self.width)
        return bits.astype(bool).reshape(self.height, self.width)


def mask_of(region: np.ndarray) -> Mask:
    """Mask of a bool array (height, width)."""
    import numpy as np

    height, width = region.shape
    return Mask(height, width, np.packbits(region.astype(bool)).tobytes())


class Picture(msgspec.Struct, frozen=True):
    """A small picture, kept whole so that the recipe alone makes the image again.

    Attributes
    ----------
    channels, height, width : int
        1 (grey) or 3 channels.
    pixels : bytes
        Values 0..255, channel by channel, row by row.
    name : str
        What it was called.
    """

    channels: int
    height: int
    width: int
    pixels: bytes
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no picture (ValueError)."""
        sides = 1 <= self.height <= MAX_SIDE and 1 <= self.width <= MAX_SIDE
        if self.channels not in (1, 3) or not sides or len(self.name) > 255:
            raise ValueError(f"a picture has 1 or 3 channels and sides in 1..{MAX_SIDE}, not {self.shape}")
        if len(self.pixels) != self.channels * self.height * self.width:
            raise ValueError(f"a picture of shape {self.shape} does not have {len(self.pixels)} bytes")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.channels, self.height, self.width

    def array(self) -> np.ndarray:
        """Shape (channels, height, width), uint8."""
        import numpy as np

        return np.frombuffer(self.pixels, np.uint8).reshape(self.channels, self.height, self.width)


def picture_of(pixels: np.ndarray, name: str = "") -> Picture:
    """Picture of a uint8 array (channels, height, width)."""
    import numpy as np

    channels, height, width = pixels.shape
    return Picture(channels, height, width, pixels.astype(np.uint8).tobytes(), name[:255])

"""Coarse pictures, to look at while there is no time for exact ones: in few shades, and of every second pixel, every fourth, ….

No pixel is made up of others: noise looks as noisy as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

WORTH_SEEING = 24
"""Pixels of a side down to which large pictures lose pixels before shades."""
LEAST_SIDE = 4


class Grain(NamedTuple):
    """How coarse: so many shades a channel, and one pixel of each square of that side."""

    shades: int
    block: int

    def bits(self, channels: int) -> float:
        """Bits that a pixel of the whole picture takes at most."""
        return channels * float(np.log2(self.shades)) / self.block**2


def grains(height: int, width: int) -> Iterator[Grain]:
    """Ever coarser ones for pictures of that size, until pictures are hardly there."""
    side, shades, block = max(height, width), 16, 1
    yield Grain(shades, block)
    while side / (2 * block) >= WORTH_SEEING and block < 16:
        block *= 2
        yield Grain(shades, block)
    for shades in (8, 4, 2):
        yield Grain(shades, block)
    while side / (2 * block) >= LEAST_SIDE and block < 16:
        block *= 2
        yield Grain(4, block)


def coarse(tiles: np.ndarray, grain: Grain) -> np.ndarray:
    """Pictures (N, H, W, 3) uint8 as coarse as that, of the same shape: each colour is the mean of those that it stands for."""
    _, height, width, _ = tiles.shape
    thin = tiles[:, :: grain.block, :: grain.block]
    shade = np.rint(np.arange(256) / 255 * (grain.shades - 1)).astype(np.int64)
    red, green, blue = (shade[thin[..., channel]] for channel in range(3))
    key = (red * grain.shades + green) * grain.shades + blue
    members = np.bincount(key.reshape(-1), minlength=grain.shades**3)
    sums = [np.bincount(key.reshape(-1), thin[..., channel].reshape(-1), grain.shades**3) for channel in range(3)]
    table = np.rint(np.stack(sums, axis=1) / np.maximum(members, 1)[:, None]).astype(np.uint8)
    rows, columns = np.arange(height) // grain.block, np.arange(width) // grain.block
    return np.ascontiguousarray(table[key][:, rows[:, None], columns])

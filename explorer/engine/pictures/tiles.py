"""Display pictures: values to uint8 colours, on the engine thread."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from explorer.exports.colours import SIGNED_STOPS
from explorer.recipe.quantities import QUANTITIES

Palette = Literal["dark", "light"]
"""Which theme a diverging map is for."""
OUTLIERS = 0.995
"""Share of the values that a stated scale shows without cutting them off."""


@lru_cache(maxsize=2)
def diverging_map(palette: Palette) -> np.ndarray:
    """Colours (256, 3) uint8 from negative (blue) over 0 to positive (orange); 0 is dark or light as the theme."""
    stops = np.array(SIGNED_STOPS[palette], np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def grey_tiles(values: np.ndarray) -> np.ndarray:
    """Images (N, C, H, W) in [-1, 1], C 1 or 3, to (N, H, W, 3) uint8; what is outside is clipped."""
    scaled = np.nan_to_num((np.clip(values, -1, 1) + 1) * 127.5, nan=0.0)
    pixels = np.rint(scaled).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(np.broadcast_to(_three(pixels), (*pixels.shape[:3], 3)))


def _three(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.shape[3] == 3 else pixels[..., :1]


def signed_colour_tiles(values: np.ndarray, scale: float) -> np.ndarray:
    """Values (N, 3, H, W) in [-scale, scale] to (N, H, W, 3) uint8: each channel by itself, 0 is grey.

    Where red alone is too high it is red, where it is too low cyan, and so on: what is to be taken off, or added, to get there.
    """
    shares = np.nan_to_num(np.clip(values / scale, -1, 1))
    return np.ascontiguousarray(np.rint(shares * 127.5 + 127.5).astype(np.uint8).transpose(0, 2, 3, 1))


def diverging_tiles(values: np.ndarray, scale: float, palette: Palette, by_mean: bool = False) -> np.ndarray:
    """Values (N, C, H, W) in [-scale, scale] to (N, H, W, 3) uint8.

    One channel goes through the map with two ends; three are shown in colour, or `by_mean` through the map as any other number of them.
    """
    if values.shape[1] == 3 and not by_mean:
        return signed_colour_tiles(values, scale)
    mean = np.nan_to_num(values.mean(axis=1))
    index = np.rint(np.clip(mean / scale, -1, 1) * 127.5 + 127.5).astype(np.uint8)
    return np.ascontiguousarray(diverging_map(palette)[index])


def tiles_of(values: np.ndarray, quantity: str, palette: Palette, by_mean: bool = False) -> tuple[np.ndarray, float]:
    """Tiles of a quantity and the half width of its map (1 for images)."""
    row = QUANTITIES[quantity]
    return diverging_tiles(values, row.scale, palette, by_mean) if row.diverging else grey_tiles(values), row.scale


def stated_scale(values: np.ndarray) -> float:
    """Half width of a map: the next of 1, 2, 5 times a power of ten that holds nearly all values, so that it seldom jumps."""
    sizes = np.abs(values[np.isfinite(values)])
    most = float(np.quantile(sizes, OUTLIERS)) if sizes.size else 0.0
    if most <= 1e-12:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return float(f"{next(m * power for m in (1, 2, 5, 10) if m * power >= most * (1 - 1e-9)):.3g}")

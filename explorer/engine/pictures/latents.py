"""Codes that are images of latent pixels, as pictures: their channels side by side in the diverging map. No torch."""

from __future__ import annotations

import math

import numpy as np

from explorer.engine.pictures.tiles import Palette, diverging_map

GAP = 1
_GROUND: dict[str, tuple[int, int, int]] = {"dark": (46, 50, 59), "light": (220, 223, 229)}
"""Between channels, and where there is none: no colour of the map is that grey."""


def side_by_side(values: np.ndarray) -> np.ndarray:
    """Channels of codes (N, C, h, w) as one image each, (N, 1, H, W) float32, row by row in nearly a square; NaN between them."""
    count, channels, height, width = values.shape
    columns = math.ceil(math.sqrt(channels))
    rows = -(-channels // columns)
    whole = np.full((count, 1, rows * (height + GAP) - GAP, columns * (width + GAP) - GAP), np.nan, np.float32)
    for channel in range(channels):
        top, left = channel // columns * (height + GAP), channel % columns * (width + GAP)
        whole[:, 0, top : top + height, left : left + width] = values[:, channel]
    return whole


def latent_tiles(values: np.ndarray, scale: float, palette: Palette) -> np.ndarray:
    """What `side_by_side` made, values in [-scale, scale], as tiles (N, H, W, 3) uint8."""
    flat = values[:, 0]
    empty = np.isnan(flat)
    index = np.rint(np.clip(np.nan_to_num(flat) / scale, -1, 1) * 127.5 + 127.5).astype(np.uint8)
    tiles = diverging_map(palette)[index]
    tiles[empty] = _GROUND[palette]
    return np.ascontiguousarray(tiles)

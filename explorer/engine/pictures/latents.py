"""Codes that are images of latent pixels, as pictures: their channels side by side in the diverging map. No torch."""

from __future__ import annotations

import numpy as np

from explorer.engine.pictures.tiles import Palette, diverging_map

_GROUND: dict[str, tuple[int, int, int]] = {"dark": (46, 50, 59), "light": (220, 223, 229)}
"""Between channels, and where there is none: no colour of the map is that grey."""


def latent_tiles(values: np.ndarray, scale: float, palette: Palette) -> np.ndarray:
    """What `side_by_side` made, values in [-scale, scale], as tiles (N, H, W, 3) uint8."""
    flat = values[:, 0]
    empty = np.isnan(flat)
    index = np.rint(np.clip(np.nan_to_num(flat) / scale, -1, 1) * 127.5 + 127.5).astype(np.uint8)
    tiles = diverging_map(palette)[index]
    tiles[empty] = _GROUND[palette]
    return np.ascontiguousarray(tiles)

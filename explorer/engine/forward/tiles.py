"""Tiles of single images."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from explorer.engine.arrays import read_only
from explorer.engine.pictures.tiles import grey_tiles


def grey_tile(values: Tensor) -> np.ndarray:
    """Tile (H, W, 3) uint8 of an image (C, H, W) in [-1, 1]."""
    return read_only(grey_tiles(values[None].float().numpy())[0])

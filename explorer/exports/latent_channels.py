"""Codes that are images of latent pixels, their channels side by side: what pictures of them are made of."""

from __future__ import annotations

import math

import numpy as np

GAP = 1


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

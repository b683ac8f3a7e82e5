"""Codes as pictures, without colours yet: channels of latent pixels side by side; vectors as bars."""

from __future__ import annotations

import math

import numpy as np

CODES = 3.0
"""As far as the states of a chain of codes reach, as N(0, I) does."""
GAP = 1
MOST_BARS = 64
"""Numbers of a vector up to which each has a bar."""
BARS_SIDE = 31
"""Least side of a picture of bars, in pixels; odd, so that there is a middle row."""
FEW_BARS, WIDE_GAP = 4, 3


def side_by_side(values: np.ndarray, reach: float = CODES) -> np.ndarray:
    """Codes (N, C, h, w) as one image each, (N, 1, H, W) float32; NaN where there is none.

    Channels lie row by row in nearly a square. Of a vector (h = w = 1) of at most 64 numbers each is a bar, upwards from the middle
    if it is positive, as long as half the picture at `reach`: every pixel of the bar has the number's value.
    """
    count, channels, height, width = values.shape
    if height == width == 1 and channels <= MOST_BARS:
        return _bars(values[:, :, 0, 0], reach)
    columns = math.ceil(math.sqrt(channels))
    rows = -(-channels // columns)
    whole = np.full((count, 1, rows * (height + GAP) - GAP, columns * (width + GAP) - GAP), np.nan, np.float32)
    for channel in range(channels):
        top, left = channel // columns * (height + GAP), channel % columns * (width + GAP)
        whole[:, 0, top : top + height, left : left + width] = values[:, channel]
    return whole


def _bars(codes: np.ndarray, reach: float) -> np.ndarray:
    """Vectors (N, d) as pictures of bars (N, 1, H, W), H at least W."""
    count, d = codes.shape
    gap = WIDE_GAP if d <= FEW_BARS else GAP
    wide = max(1, (BARS_SIDE - (d - 1) * gap) // d)
    columns = d * wide + (d - 1) * gap
    side = max(BARS_SIDE, columns | 1)
    whole = np.full((count, 1, side, side), np.nan, np.float32)
    middle, left = side // 2, (side - columns) // 2
    rows = np.arange(side) - middle  # downwards
    long = np.rint(np.clip(codes / reach, -1, 1) * middle)
    for number in range(d):
        ends = -long[:, number, None]
        inside = ((rows >= np.minimum(ends, 0)) & (rows <= np.maximum(ends, 0)))[:, :, None]
        at = left + number * (wide + gap)
        whole[:, 0, :, at : at + wide] = np.where(inside, codes[:, number, None, None], np.nan)
    return whole

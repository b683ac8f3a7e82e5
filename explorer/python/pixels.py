"""Images as a file or a page holds them."""

from __future__ import annotations

import numpy as np


def as_uint8(images: np.ndarray) -> np.ndarray:
    """Images as pixels: [-1, 1] to 0..255, uint8, beyond it clipped; shape unchanged."""
    pixels: np.ndarray = ((np.nan_to_num(images) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
    return pixels

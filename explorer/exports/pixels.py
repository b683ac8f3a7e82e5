"""Images as a file or a page holds them."""

from __future__ import annotations

import numpy as np

from explorer.exports.latent_channels import CODES, side_by_side


def as_uint8(images: np.ndarray) -> np.ndarray:
    """Images as pixels: [-1, 1] to 0..255, uint8, beyond it clipped; shape unchanged."""
    pixels: np.ndarray = ((np.nan_to_num(images) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
    return pixels


def drawable(values: np.ndarray, coded: bool) -> np.ndarray:
    """Values (S, N, C, H, W) of states as pictures in [-1, 1]: of codes their channels side by side, from -3 (black) to 3."""
    return np.stack([side_by_side(each) / CODES for each in values]) if coded else values

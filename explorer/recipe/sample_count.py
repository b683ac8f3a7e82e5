"""How many samples a chain has at once, by what one of them costs: as many values as so many digits have, whatever the shape."""

from __future__ import annotations

import math

from explorer.recipe.chain import MAX_SAMPLES

Shape = tuple[int, int, int]

MOST_VALUES = MAX_SAMPLES * 28 * 28
"""Of one state of a lane; a network's widest layer has about a hundred times as many numbers."""

USUAL_VALUES = 4 * 3 * 256 * 256
"""Of one state of a lane that was not asked to have more."""


def most_samples(shape: Shape) -> int:
    """How many samples (C, H, W) a lane may have: 4,096 digits, 1,045 of 3 x 32 x 32, 16 of 3 x 256 x 256; at least 1."""
    return max(1, min(MAX_SAMPLES, MOST_VALUES // math.prod(shape)))


def usual_samples(shape: Shape) -> int:
    """How many a lane has at most as long as the person has not asked for more: 64 of 3 x 64 x 64, 4 of 3 x 256 x 256; at least 1."""
    return max(1, min(MAX_SAMPLES, USUAL_VALUES // math.prod(shape)))


def size_words(shape: Shape) -> str:
    """As "256 × 256 × 3", or of grey images "28 × 28"."""
    channels, height, width = shape
    return f"{height} × {width}" if channels == 1 else f"{height} × {width} × {channels}"

"""What marks of the brush make on a black picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.recipe.dabs import Dab, coverage


def drawn(dabs: Sequence[Dab], height: int, width: int) -> np.ndarray:
    """Marks on black, each over those before it, shape (height, width), uint8."""
    canvas = np.full((height, width), -1.0)
    for dab in dabs:
        canvas += coverage(dab, height, width) * (dab.value - canvas)
    return np.rint((np.clip(canvas, -1, 1) + 1) * 127.5).astype(np.uint8)

"""What marks of the brush make on an empty picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.recipe.dabs import Dab, coverage


def drawn(dabs: Sequence[Dab], shape: tuple[int, int, int], dark_ground: bool = True) -> np.ndarray:
    """Marks on black, or on white, each over those before it.

    Parameters
    ----------
    shape : (C, H, W)
        With C = 3 a mark has its colour, or its value in every channel where it has none; with C = 1 its value.

    Returns
    -------
    ndarray of `shape`, uint8
    """
    canvas = np.full(shape, -1.0 if dark_ground else 1.0)
    for dab in dabs:
        value = np.array(dab.colour if dab.colour is not None and shape[0] == 3 else (dab.value,))[:, None, None]
        canvas += coverage(dab, *shape[1:]) * (value - canvas)
    return np.rint((np.clip(canvas, -1, 1) + 1) * 127.5).astype(np.uint8)

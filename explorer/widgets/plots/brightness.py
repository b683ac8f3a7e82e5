"""A density as brightness: from the card's colour to the accent."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from explorer.widgets.look.theme import Tokens


def brightness(density: np.ndarray, tokens: Tokens, strength: float) -> QImage:
    """Picture of densities (rows, columns) in [0, 1], the first row at the top.

    The root of a density is shown, so that tails are seen; `strength` in [0, 1] is how near the largest comes to the accent.
    """
    low, high = (np.array([c.red(), c.green(), c.blue()], np.float32) for c in map(QColor, (tokens.card, tokens.accent)))
    share = np.sqrt(np.clip(density, 0, 1))[..., None]
    pixels = np.ascontiguousarray(np.rint(low + share * (high - low) * strength).astype(np.uint8))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

"""Arrays on their way out of the engine."""

from __future__ import annotations

import numpy as np


def read_only(array: np.ndarray) -> np.ndarray:
    """Contiguous, not writable: what results carry."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array

"""Maps from values to colours, for pictures made on the engine thread and for their scales."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

# Eighteen even stops of viridis (Smith and van der Walt 2015, CC0), perceptually uniform; between them it is straight.
_VIRIDIS = (
    "440154", "481769", "472a7a", "433d84", "3d4e8a", "355e8d", "2e6d8e", "297b8e", "23898e", "1f978b", "21a585", "2eb37c",
    "46c06f", "65cb5e", "89d548", "b0dd2f", "d8e219", "fde725",
)  # fmt: skip


@lru_cache(maxsize=1)
def uniform_map() -> np.ndarray:
    """Colours (256, 3) uint8 from dark (low) to light (high), even steps looking even."""
    stops = np.array([rgb(stop) for stop in _VIRIDIS], np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    return np.rint(np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)).astype(np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#rrggbb"."""
    digits = colour.removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def coloured(values: np.ndarray, low: float, high: float, logarithmic: bool = False) -> np.ndarray:
    """Values of any shape to colours (..., 3) uint8; what is beyond the ends takes their colour, NaN the low one's.

    Parameters
    ----------
    values : ndarray
    low, high : float
        Ends of the map, low < high; greater than 0 if `logarithmic`.
    logarithmic : bool
        Even in log(value).
    """
    values = np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low)
    if logarithmic:
        values, low, high = np.log(np.maximum(values, low)), float(np.log(low)), float(np.log(high))
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.ascontiguousarray(uniform_map()[np.rint(255 * share).astype(np.uint8)])


def class_blend(probabilities: np.ndarray, colours: tuple[str, ...]) -> np.ndarray:
    """Colours (..., 3) uint8 of class probabilities (..., C): the classes' colours mixed by their shares."""
    table = np.array([rgb(colour) for colour in colours], np.float64)
    return np.ascontiguousarray(np.rint(probabilities.astype(np.float64) @ table).astype(np.uint8))

"""Numbers of images as bytes: one rule for arrays and for pictures, and what range was taken."""

from __future__ import annotations

import numpy as np

from explorer.datasets.reading import RangeName, ends

SLACK = 1e-3
"""By which rounding may lead out of a range, of its width: a quarter of a grey level."""
PIECE = 2**24
"""Numbers that are converted at a time: a copy in float64 takes eight times the bytes."""
WHOLE = "biu"
LEAST_WHITE = 64
"""Floats above 1 are 0 to 255 where one is at least this; smaller ones may be anything, and are asked about."""


def as_bytes(values: np.ndarray, told: RangeName = "auto") -> tuple[np.ndarray, RangeName]:
    """Numbers of any kind as uint8, and the range that they were taken to have.

    Parameters
    ----------
    values : ndarray
        Of truth values, whole numbers or floats, in any byte order.
    told : RangeName
        "auto" finds the range: bytes are 0 to 255, or black and white where there are only 0 and 1; whole numbers are 0 to 255, or
        0 to 65535 where one is larger; floats are 0 to 1, -1 to 1 where one is below 0, and 0 to 255 where one is 64 or more.

    Raises
    ------
    ValueError
        If they are no numbers, not finite, or outside the range; the message says what they are.
    """
    if values.dtype.kind not in "biuf":
        raise ValueError(f"images are numbers; these are {values.dtype}")
    if values.dtype.kind == "f" and not all(np.isfinite(part).all() for part in _pieces(values)):
        raise ValueError("holds numbers that are not finite")
    low, high = (float(end) for end in (values.min(initial=0), values.max(initial=0)))
    taken = _found(values.dtype, low, high) if told == "auto" else told
    black, white = ends(taken)
    slack = (white - black) * SLACK
    if low < black - slack or high > white + slack:
        said = (
            f"outside {taken.replace(',', ' to ')}"
            if told != "auto"
            else "which is none of 0 to 1, -1 to 1 and 0 to 255: tell it (Values, --range)"
        )
        raise ValueError(f"its values reach from {low:.9g} to {high:.9g}, {said}")
    if values.dtype == np.uint8 and taken == "0,255":
        return values, taken
    scaled = np.empty(values.shape, np.uint8)
    for part, out in zip(_pieces(values), _pieces(scaled), strict=True):
        out[...] = np.rint(np.clip((part.astype(np.float64) - black) * (255 / (white - black)), 0, 255))
    return scaled, taken


def _found(kind: np.dtype, low: float, high: float) -> RangeName:
    if kind.kind == "b" or (kind.kind in WHOLE and low >= 0 and high == 1):
        return "0,1"  # black and white, not two darkest greys
    if kind.kind in WHOLE:
        return "0,65535" if high > 255 and low >= 0 and kind.itemsize > 1 else "0,255"
    if low < -SLACK:
        return "-1,1"
    return "0,255" if high >= LEAST_WHITE else "0,1"


def _pieces(values: np.ndarray) -> list[np.ndarray]:
    """Views of it along its first axis."""
    if values.ndim == 0 or not len(values):
        return [values]
    step = max(1, PIECE * len(values) // max(1, values.size))
    return [values[start : start + step] for start in range(0, len(values), step)]

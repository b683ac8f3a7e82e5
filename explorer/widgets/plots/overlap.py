"""Where curves lie on one another: the upper one is drawn with gaps there, so that both are seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

NEAR = 1.5
"""Pixels within which a curve hides another."""
SHORTEST = 12
"""Columns below which two curves only cross."""


def lies_on(curves: Sequence[tuple[np.ndarray, np.ndarray]], columns: np.ndarray) -> list[np.ndarray]:
    """On how many earlier curves each curve lies, at each column.

    Parameters
    ----------
    curves : sequence of (x, y)
        Places in pixels, both of shape (M,), x rising; NaN leaves a gap.
    columns : ndarray, shape (W,)
        Where to look, rising.

    Returns
    -------
    list of ndarray of int, shape (W,)
        One a curve; 0 where it lies on none, or where it only crosses one.
    """
    heights: list[np.ndarray] = []
    counts: list[np.ndarray] = []
    for x, y in curves:
        known = np.isfinite(x) & np.isfinite(y)
        own = np.full(len(columns), np.nan)
        if known.any():
            own = np.interp(columns, x[known], y[known], left=np.nan, right=np.nan)
        count = np.zeros(len(columns), np.int64)
        for earlier in heights:
            count += _long(np.abs(own - earlier) <= NEAR)
        heights.append(own)
        counts.append(count)
    return counts


def _long(mask: np.ndarray) -> np.ndarray:
    """The mask without stretches in which two curves only cross."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    kept = np.zeros(len(mask), bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= SHORTEST
    return kept


def stretches(counts: np.ndarray) -> list[tuple[int, int, int]]:
    """Start, end and value of each stretch of equal values; the end is that of the next one's start."""
    edges = [0, *(np.flatnonzero(np.diff(counts)) + 1).tolist(), len(counts)]
    return [(start, end, int(counts[start])) for start, end in pairwise(edges) if end > start]

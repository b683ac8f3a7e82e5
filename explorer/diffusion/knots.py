"""Control points of a schedule: (u, log SNR), u = (t - 1) / (T - 1) in [0, 1]. Plain Python: reading a recipe does not wait for numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

LEAST_FALL = 0.02
"""Of log SNR, between two control points."""
LEAST_APART = 0.02
"""Of u, between two control points."""
LOWEST, HIGHEST = -20.0, 14.0
"""Log SNR that a control point can have."""

Knot = tuple[float, float]


def check_knots(knots: Sequence[Knot]) -> None:
    """Refuse control points through which no schedule runs (ValueError)."""
    finite = all(math.isfinite(value) for knot in knots for value in knot)
    if len(knots) < 2 or not finite or knots[0][0] != 0 or knots[-1][0] != 1:
        raise ValueError("a schedule has at least two control points, from u = 0 to u = 1, all finite")
    # a little less than what the window keeps them apart
    if not all(b[0] - a[0] > LEAST_APART / 2 and a[1] - b[1] > LEAST_FALL / 2 for a, b in pairwise(knots)):
        raise ValueError("control points of a schedule follow one another in u, and their log SNR falls")
    if knots[0][1] > HIGHEST or knots[-1][1] < LOWEST:
        raise ValueError(f"the log SNR of a control point is in [{LOWEST:g}, {HIGHEST:g}]")


def moved(knots: Sequence[Knot], index: int, u: float, level: float) -> tuple[Knot, ...]:
    """The control points with one of them dragged: it stays between its neighbours in u, and pushes them in log SNR.

    The first and the last keep their u.
    """
    last = len(knots) - 1
    low_u, high_u = (knots[index - 1][0] + LEAST_APART, knots[index + 1][0] - LEAST_APART) if 0 < index < last else (knots[index][0],) * 2
    # room for those that are pushed
    place = min(max(level, LOWEST + LEAST_FALL * (last - index)), HIGHEST - LEAST_FALL * index)
    levels = [value for _, value in knots]
    levels[index] = place
    for i in range(index - 1, -1, -1):
        levels[i] = max(levels[i], place + LEAST_FALL * (index - i))
    for i in range(index + 1, last + 1):
        levels[i] = min(levels[i], place - LEAST_FALL * (i - index))
    us = [value for value, _ in knots]
    us[index] = min(max(u, low_u), high_u)
    return tuple((float(x), float(y)) for x, y in zip(us, levels, strict=True))


def removed(knots: Sequence[Knot], index: int) -> tuple[Knot, ...]:
    """The control points without one; the first and the last stay."""
    return tuple(knots) if not 0 < index < len(knots) - 1 else (*knots[:index], *knots[index + 1 :])

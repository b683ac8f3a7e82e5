"""From values and timesteps to pixels, and where the marks of an axis go."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.widgets.plots.ticks import even_ticks

FLOOR = 1e-5
"""Smallest value that a logarithmic scale begins at."""
LINEAR_BELOW = 1e-4
"""On a scale with values of both signs: nearly linear below this size, logarithmic above."""
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class ValueScale:
    """The upright axis.

    Attributes
    ----------
    low, high : float
        Values at its ends.
    log : bool
    signed : bool
        Values of both signs: logarithmic away from 0 if `log`.
    """

    low: float
    high: float
    log: bool
    signed: bool = False

    def position(self, values: np.ndarray | float) -> np.ndarray:
        """Where values are, 0 at the lower end and 1 at the upper; NaN stays, what is below a logarithmic scale is at 0."""
        low, high, at = (self._bent(v) for v in (self.low, self.high, values))
        return np.clip((at - low) / (high - low), 0, 1)

    def _bent(self, values: np.ndarray | float) -> np.ndarray:
        array = np.asarray(values, float)
        if not self.log:
            return array
        if self.signed:
            return np.sign(array) * np.log10(1 + np.abs(array) / LINEAR_BELOW)
        return np.log10(np.fmax(array, self.low))

    @property
    def base(self) -> float:
        """Position of the line that bars stand on."""
        return float(self.position(0.0)) if self.signed or not self.log else 0.0

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Positions and labels, at most about so many."""
        if not self.log:
            even = even_ticks(self.low, self.high)
            return [(float(self.position(at)), f"{at / 1000:g}k" if abs(at) >= 1e5 else label.replace("-", "−")) for at, label in even]
        if not self.signed:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            step = max(1, math.ceil((last - first) / most))
            return [(float(self.position(10.0**k)), power(k)) for k in range(first, last + 1, step)]
        top = max(abs(self.low), abs(self.high))
        sizes = [10.0**k for k in range(round(math.log10(LINEAR_BELOW)) + 1, math.floor(math.log10(top) + 1e-9) + 1)]
        marks = [0.0, *sizes, *(-size for size in sizes)]
        return [
            (float(self.position(at)), "0" if at == 0 else ("−" if at < 0 else "") + power(round(math.log10(abs(at)))))
            for at in sorted(marks) if self.low <= at <= self.high
        ]  # fmt: skip


def power(k: int) -> str:
    """10 to the k: as a plain number where it is short."""
    return f"{10**k:g}" if 0 <= k <= 4 else f"{10.0**k:g}" if -2 <= k < 0 else f"10{str(k).translate(SUPERSCRIPTS)}"


def fitting_scale(values: np.ndarray, log: bool, signed: bool) -> ValueScale:
    """A scale with room for finite values; steps of its ends are whole, so that it seldom moves while values come."""
    finite = values[np.isfinite(values)]
    if signed:
        high = _round_up(float(finite.max(initial=0.0)), log)
        low = -_round_up(float(-finite.min(initial=0.0)), log) if finite.min(initial=0.0) < 0 else 0.0
        return ValueScale(low, max(high, 10 * LINEAR_BELOW), log, True)
    if not log:
        return ValueScale(0.0, _round_up(float(finite.max(initial=0.0)), False) or 1.0, False)
    seen = finite[finite > FLOOR]
    if not len(seen):
        return ValueScale(FLOOR, 1.0, True)
    low, high = (10.0 ** round_(math.log10(end)) for round_, end in ((math.floor, seen.min()), (math.ceil, seen.max())))
    return ValueScale(low, max(high, 10 * low), True)


def _round_up(value: float, log: bool) -> float:
    if value <= 0:
        return 0.0
    size = 10.0 ** math.floor(math.log10(value))
    if log:
        return size * (1 if value <= size else 10)
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= value)


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The level axis, T at the left: from half a timestep beyond T to half a timestep before 1."""

    T: int
    log: bool

    def position(self, t: np.ndarray | float) -> np.ndarray:
        """Where timesteps are, 0 at the left and 1 at the right."""
        first, last, at = (np.log(v) if self.log else np.asarray(v, float) for v in (self.T + 0.5, 0.5, np.asarray(t, float)))
        return (first - at) / (first - last)

    def t_at(self, position: float) -> int:
        """Timestep at a position, in 1..T."""
        first, last = self.T + 0.5, 0.5
        at = math.exp(math.log(first) + position * math.log(last / first)) if self.log else first + position * (last - first)
        return min(max(round(at), 1), self.T)

    def ticks(self) -> list[tuple[float, str]]:
        """Positions and labels."""
        if self.log:
            whole = [10**k for k in range(math.floor(math.log10(self.T)), -1, -1)]
            times = whole if whole[0] == self.T else [self.T, *(t for t in whole if t * 2 <= self.T)]
        else:
            times = [max(1, round(self.T * (1 - i / 4))) for i in range(5)]
        return [(float(self.position(t)), f"t = {t}" if t == self.T else str(t)) for t in dict.fromkeys(times)]

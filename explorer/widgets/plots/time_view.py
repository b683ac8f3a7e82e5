"""Which stretch of 0..T a plot against t shows: zoomed around a timestep, moved along, whole again."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST = 8.0
"""Timesteps that are shown at the least."""
NOTCH = 1.25
"""How much smaller the stretch is after one notch of the wheel."""


@dataclass(frozen=True, slots=True)
class TimeView:
    """A stretch of the axis.

    Attributes
    ----------
    T : int
        Its whole length.
    last, first : float
        Timesteps at the right and at the left edge, 0 <= last < first <= T.
    """

    T: int
    last: float
    first: float

    @property
    def is_whole(self) -> bool:
        """Whether all of the axis is shown."""
        return self.last <= 0 and self.first >= self.T

    def zoomed(self, around: float, factor: float) -> TimeView:
        """A stretch `factor` times as long, with timestep `around` where it was."""
        span = self.first - self.last
        wanted = min(max(span * factor, min(LEAST, self.T)), float(self.T))
        share = (around - self.last) / span
        return self._within(around - share * wanted, wanted)

    def moved(self, by: float) -> TimeView:
        """The same length, further towards T by so many timesteps."""
        return self._within(self.last + by, self.first - self.last)

    def _within(self, last: float, span: float) -> TimeView:
        last = min(max(last, 0.0), self.T - span)
        return TimeView(self.T, last, last + span)

    def ticks(self) -> list[int]:
        """Timesteps of the marks under the axis, from the left: quarters of the whole, else round numbers."""
        if self.is_whole:
            return [round(self.T * (1 - i / 4)) for i in range(5)]
        rough = (self.first - self.last) / 5
        power = 10 ** math.floor(math.log10(max(rough, 1)))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))
        lowest, highest = math.ceil(self.last / step - 1e-9), math.floor(self.first / step + 1e-9)
        return [k * step for k in range(highest, lowest - 1, -1)]


def whole(T: int) -> TimeView:
    """All of 0..T."""
    return TimeView(T, 0.0, float(T))

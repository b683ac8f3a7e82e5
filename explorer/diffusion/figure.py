"""A figure and how far it may be off. No torch: what is told of an estimate needs none."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate and its standard error; the error is NaN before there are two rounds, both are before the first."""

    value: float = math.nan
    error: float = math.nan

    def times(self, factor: float) -> Figure:
        """In other units."""
        return Figure(self.value * factor, self.error * factor)

"""How far a figure of samples would move with other samples, from its values without some of them: the jackknife. float64 numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """A figure of samples; what it is compared with is held fixed.

    Attributes
    ----------
    value : float
    left_out : ndarray, shape (B,), float64
        The value without the samples of each of B blocks alike in size.
    """

    value: float
    left_out: np.ndarray

    @property
    def standard_error(self) -> float:
        """Of other samples."""
        return jackknife_error(self.left_out)

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, as of a normal distribution."""
        return self.value - NORMAL_95 * self.standard_error, self.value + NORMAL_95 * self.standard_error


def jackknife_error(left_out: np.ndarray) -> float:
    """Standard error of a figure from its values without each of B blocks (B,): not too small on average (Efron and Stein 1981)."""
    count = len(left_out)
    return math.sqrt((count - 1) / count * float(np.square(left_out - left_out.mean()).sum()))

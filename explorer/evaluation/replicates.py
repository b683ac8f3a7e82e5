"""What training again shows: figures of several seeds, differences of two networks of each seed, and how many more would tell.

Seeds are a random effect: the difference of two kinds of networks is d_s for seed s, of variance tau^2 + v, tau^2 by which it
differs between trainings and v by which it differs between draws of samples. Samples of one seed start from noise of
their own, so that d_1, d_2, … are independent, and Student's interval over them covers both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.evaluation.jackknife import jackknife_error

MOST = 1000
"""Seeds, beyond which nobody trains."""
LEVEL = 0.95


def student(freedom: int, level: float = LEVEL) -> float:
    """Half width of Student's interval in standard errors: P(|t| < it) = level, for 1, 2, … degrees of freedom."""
    low, high = 0.0, math.pi / 2
    for _ in range(60):  # t = sqrt(freedom) tan(angle)
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < level else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _inside(angle: float, freedom: int) -> float:
    """P(|t| < sqrt(freedom) tan(angle)), as a finite sum (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term, total = (cosine if odd else 1.0), 0.0
    for k in range(2 + odd, freedom + 1, 2):
        total += term
        term *= cosine**2 * (k - 1) / k
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


@dataclass(frozen=True, slots=True)
class Replicates:
    """A figure of n seeds.

    Attributes
    ----------
    mean : float
    half : float
        Half of its 95 % interval over seeds and samples; infinite for one seed.
    between : float
        tau: standard deviation between trainings, beyond what the samples explain, at least 0.
    of_samples : float
        Root of v: of one seed's figure, from its samples.
    n : int
    """

    mean: float
    half: float
    between: float
    of_samples: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """95 %."""
        return self.mean - self.half, self.mean + self.half

    @property
    def tells(self) -> bool:
        """Whether the interval leaves zero out."""
        return abs(self.mean) > self.half

    def seeds_to_tell(self) -> int | None:
        """Fewest seeds whose interval would leave zero out were the figure what it is; None beyond MOST."""
        variance = self.between**2 + self.of_samples**2
        for n in range(2, MOST + 1):
            if student(n - 1) * math.sqrt(variance / n) < abs(self.mean):
                return n
        return None

    def samples_to_tell(self, samples: int) -> int | None:
        """As many samples of each network as would do with the seeds that there are; None where no number would.

        Parameters
        ----------
        samples : int
            That there are of each.
        """
        room = self.n * (self.mean / student(self.n - 1)) ** 2 - self.between**2
        return None if room <= 0 else math.ceil(samples * self.of_samples**2 / room)


def replicates(values: Sequence[float], left_out: Sequence[np.ndarray]) -> Replicates:
    """Mean and interval of one figure, or one difference, over seeds.

    Parameters
    ----------
    values : sequence of float
        Of each seed.
    left_out : sequence of ndarray, shape (B,)
        The same without each block of samples: for a difference, that of two networks without the same block, as they share its noise.
    """
    n = len(values)
    mean, within = float(np.mean(values)), float(np.mean([jackknife_error(each) ** 2 for each in left_out]))
    if n < 2:
        return Replicates(mean, math.inf, math.nan, math.sqrt(within), n)
    spread = float(np.var(values, ddof=1))
    return Replicates(mean, student(n - 1) * math.sqrt(spread / n), math.sqrt(max(0.0, spread - within)), math.sqrt(within), n)

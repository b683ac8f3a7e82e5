"""Which timesteps and images an estimate of the objective looks at, drawn so that it is unbiased from the start.

The T timesteps are cut into strata: t = 1 alone, short ones where the terms change fast, longer ones above. A round takes
a few images and one timestep drawn evenly from each stratum, so that sum over strata of (length x term) has the mean
sum over t of the terms, whatever the number of strata. Rounds take other images and are independent: their spread gives
the standard error, of images, timesteps and noise together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

STREAM = 2
"""Base stream of the shared noise that estimates use: chains use 0, and no chain's branch is at these images and timesteps."""
TIMES_STREAM = 1
NARROWING = 0.5
"""Share of the strata laid out evenly in log t; the others are even in t."""


@dataclass(frozen=True)
class Strata:
    """A partition of 1..T: stratum s is starts[s], ..., starts[s + 1] - 1."""

    starts: tuple[int, ...]
    T: int

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Timesteps in each stratum, shape (S,), int64."""
        return np.diff(np.array([*self.starts, self.T + 1]))

    @cached_property
    def of_t(self) -> np.ndarray:
        """Stratum of each timestep, shape (T + 1,), int64; index 0 is not used (-1)."""
        return np.concatenate([[-1], np.repeat(np.arange(len(self)), self.sizes)])


def cut(T: int, count: int | None = None) -> Strata:
    """At most `count` strata of 1..T, t = 1 alone in its own; every timestep in its own if None.

    Raises
    ------
    ValueError
        If `count` is less than 2 while T is more than 1.
    """
    if count is None or count >= T:
        return Strata(tuple(range(1, T + 1)), T)
    if count < 2:
        raise ValueError(f"L_0 has a stratum of its own, so there must be at least 2, not {count}")
    times = np.arange(2, T + 1)
    weight = NARROWING / times / np.log(T) + (1 - NARROWING) / T
    share = np.concatenate([[0.0], np.cumsum(weight)[:-1]]) / weight.sum()
    kind = np.floor(share * (count - 1)).astype(int)
    firsts = times[np.concatenate([[True], np.diff(kind) > 0])]
    return Strata((1, *(int(t) for t in firsts)), T)


@dataclass(frozen=True)
class Design:
    """Everything that determines the draws of an estimate.

    Attributes
    ----------
    strata : Strata
    seed : int
        In [0, 2**63).
    order : tuple of int
        Images, by their index in the data set, in the order in which they are taken. One alone is drawn again and again:
        its rounds differ by timesteps and noise.
    block : int
        Images a round.
    draws : int
        Timesteps (and noises) drawn from each stratum in a round.
    """

    strata: Strata
    seed: int
    order: tuple[int, ...]
    block: int = 4
    draws: int = 1

    @property
    def rounds(self) -> int | None:
        """How many rounds there can be; None for one image, which has no end."""
        return None if len(self.order) == 1 else -(-len(self.order) // self.block)

    @property
    def visits(self) -> int:
        """Batches a round: one for each stratum and draw."""
        return len(self.strata) * self.draws

    def images(self, number: int) -> tuple[int, ...]:
        """Indices of a round's images."""
        return self.order if len(self.order) == 1 else self.order[number * self.block : (number + 1) * self.block]

    def stream(self, number: int, draw: int) -> int:
        """Stream of the shared noise of a draw."""
        again = number if len(self.order) == 1 else 0
        return STREAM + again * self.draws + draw

    def times(self, number: int) -> np.ndarray:
        """Timesteps of a round, shape (draws, S): one from each stratum."""
        bits = np.random.Philox(key=self.seed + (TIMES_STREAM << 64), counter=number << 128)
        starts = np.array(self.strata.starts)
        chosen: np.ndarray = np.random.Generator(bits).integers(starts, starts + self.strata.sizes, size=(self.draws, len(starts)))
        return chosen


def spread_out(count: int) -> list[int]:
    """0..count-1 in an order in which any first few are far apart (bit reversal)."""
    bits = max(1, (count - 1).bit_length())
    turned = (int(f"{i:0{bits}b}"[::-1], 2) for i in range(1 << bits))
    return [i for i in turned if i < count]


def shuffled(total: int, wanted: int, seed: int) -> tuple[int, ...]:
    """`wanted` of the images 0..total-1, drawn without replacement; more wanted begin with the same ones."""
    order: Sequence[int] = np.random.default_rng(seed).permutation(total)[:wanted].tolist()
    return tuple(order)

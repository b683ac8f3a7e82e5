"""What a page shows of chains: as many samples and states of every lane as a few MB hold, at the same noise in every lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.diffusion.levels import log_snr, near, nearest_timesteps
from explorer.exports.sprites import evenly

MOST_BYTES = 4_000_000
"""Of all pixels together, before they are packed: noise hardly packs, and takes a third more within a page."""
AROUND = 100_000
"""Of a page without its pictures: style, script, numbers and recipe, as they usually are."""
MOST_SAMPLES = 16
WANTED_STATES, FEWEST_STATES = 40, 8
"""Fewer samples are shown rather than fewer states than wanted; of very large images first fewer states than that, then fewer pixels."""
SHOWN = ("x", "x0_hat", "eps_hat")
"""Arrays that a page keeps, of all that `write_arrays` hands over."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is shown.

    Attributes
    ----------
    samples, states : int
        Of each lane at most.
    stride : int
        Each so many pixels, in both directions, one is shown.
    """

    samples: int
    states: int
    stride: int = 1

    def nbytes(self, sizes: Sequence[int]) -> int:
        """Of the page at most: its pictures as text, and what is around them."""
        pixels = self.samples * self.states * _of_sample(sizes) // self.stride**2
        return pixels * 4 // 3 + AROUND


def _of_sample(sizes: Sequence[int]) -> int:
    """Values of a sample at a state of all lanes; where there are several, a difference is shown beside the three arrays."""
    return sum(sizes) * (len(SHOWN) + (len(sizes) > 1))


def extent(samples: int, states: int, sizes: Sequence[int]) -> Extent:
    """As much as `MOST_BYTES` hold.

    Parameters
    ----------
    samples, states : int
        As many as there are, or are wanted.
    sizes : sequence of int
        Values of an image of each lane.
    """
    of_sample = _of_sample(sizes)
    few = max(1, min(samples, MOST_SAMPLES, MOST_BYTES // (min(states, WANTED_STATES) * of_sample)))
    stride = 1
    while few * min(states, FEWEST_STATES) * of_sample > MOST_BYTES * stride**2:
        stride += 1
    fitting = MOST_BYTES * stride**2 // (few * of_sample)
    return Extent(few, min(states, max(FEWEST_STATES, fitting)), stride)


@dataclass(slots=True)
class KeptArray:
    """Takes what is assigned to it as to an array (states, N, C, H, W), or (N, C, H, W) of no states, and keeps what is shown of it.

    Attributes
    ----------
    shape : tuple of int
        Of the whole array.
    begin : callable
        Called before the first value is taken: it says what is kept.
    values : ndarray, float32
        (states kept, samples kept, C, h, w).
    """

    shape: tuple[int, ...]
    begin: Callable[[], None]
    samples: Sequence[int] = ()
    states: Mapping[int, int] = field(default_factory=dict)
    stride: int = 1
    values: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def keep(self, samples: Sequence[int], states: Sequence[int], stride: int) -> None:
        """Say what is shown: samples, indices of states, one in so many pixels."""
        self.samples, self.states, self.stride = samples, {k: at for at, k in enumerate(states)}, stride
        rows, columns = (-(-size // stride) for size in self.shape[-2:])
        self.values = np.zeros((len(states), len(samples), self.shape[-3], rows, columns), np.float32)

    def __setitem__(self, place: tuple[int, slice] | slice, values: np.ndarray) -> None:
        """Samples of a state; of an array without states, samples."""
        self.begin()
        k, rows = (0, place) if isinstance(place, slice) else place
        at, first = self.states.get(k), rows.start or 0
        if at is None:
            return
        for row, sample in enumerate(self.samples):
            if first <= sample < first + len(values):
                self.values[at, row] = values[sample - first][..., :: self.stride, :: self.stride]


@dataclass(slots=True)
class KeptLane:
    """A lane on its way to a page.

    Attributes
    ----------
    plan : dict of str to ndarray
        Every name in `explorer.exports.walk.PLAN`.
    arrays : dict of str to KeptArray
        By names in `SHOWN`, and "decoded".
    states : list of int
        Those that are kept, of K + 1.
    at : ndarray of int, shape (S,)
        For each place of the slider an index into `states`.
    beside : ndarray of bool, shape (S,)
        Whether that state is near enough in its noise to be compared.
    """

    plan: dict[str, np.ndarray] = field(default_factory=dict)
    arrays: dict[str, KeptArray] = field(default_factory=dict)
    states: list[int] = field(default_factory=list)
    at: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    beside: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def K(self) -> int:
        """Number of steps."""
        return len(self.plan["sigma"])

    @property
    def timesteps(self) -> list[int]:
        """t of the states that are kept."""
        return [int(self.plan["timesteps"][k]) for k in self.states]

    def follow(self, levels: np.ndarray) -> None:
        """Keep the state nearest to each of these log SNRs."""
        own = log_snr(self.plan["alpha_bar"])
        k = self.K - nearest_timesteps(own[::-1], levels)
        self.states = [int(one) for one in np.unique(k)]
        self.at, self.beside = np.searchsorted(self.states, k), near(levels, own[k])


def longest(lanes: Sequence[KeptLane]) -> KeptLane:
    """The lane whose states are the slider's: that with most of them, the first of several."""
    return max(lanes, key=lambda lane: lane.K)


def choose(lanes: Sequence[KeptLane], samples: Sequence[int], wanted: int) -> Extent:
    """Say what is kept of lanes whose plans and shapes are known; `wanted` states at most, of these samples as many as fit."""
    first = longest(lanes)
    sizes = [int(np.prod(lane.arrays["x"].shape[-3:])) for lane in lanes]
    fits = extent(len(samples), min(wanted, first.K + 1), sizes)
    levels = log_snr(first.plan["alpha_bar"])[evenly(first.K, fits.states)]
    for lane in lanes:
        lane.follow(levels)
        for name, array in lane.arrays.items():
            array.keep(samples[: fits.samples], [0] if name == "decoded" else lane.states, _stride(array, fits, len(lanes)))
    return fits


def _stride(array: KeptArray, fits: Extent, lanes: int) -> int:
    """Decoded images are larger than their codes: they are kept within a quarter of the bytes."""
    pixels, stride = fits.samples * int(np.prod(array.shape[-3:])) * lanes, fits.stride
    while pixels > MOST_BYTES * stride**2:
        stride += 1
    return stride

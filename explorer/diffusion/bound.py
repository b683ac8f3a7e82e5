"""The bound estimated: a walk over images and timesteps, and the tally of what was seen, with standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from explorer.diffusion.figure import Figure as Figure
from explorer.diffusion.limits import Clip
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.objective import Reading, Variance, prior_term, read, reverse_variances
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.strata import Design, spread_out

Images = Callable[[Sequence[int]], Tensor]
"""From indices to images (n, C, H, W), float32 in [-1, 1], on the predictor's device."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Figures along t.

    Attributes
    ----------
    value, error : ndarray, float64
        NaN where nothing was seen (for the error: fewer than two).
    """

    value: np.ndarray
    error: np.ndarray


@dataclass(frozen=True, slots=True)
class Totals:
    """The bound and its parts, nats per image: L_T, the sum of L_{t-1} over t > 1, L_0, and L."""

    prior: Figure
    steps: Figure
    decoder: Figure
    total: Figure


class Sums:
    """Number, sum and sum of squares of what was seen at each place."""

    def __init__(self, places: int) -> None:
        self.number = np.zeros(places, np.int64)
        self._sum, self._squares = np.zeros(places), np.zeros(places)

    def add(self, place: int, values: np.ndarray) -> None:
        """Take in some values at a place."""
        self.number[place] += len(values)
        self._sum[place] += values.sum()
        self._squares[place] += np.square(values).sum()

    def curve(self) -> Curve:
        """Mean and standard error at each place."""
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self._sum / self.number
            variance = (self._squares - self.number * mean**2).clip(min=0) / (self.number - 1)
            error = np.where(self.number > 1, np.sqrt(variance / self.number), math.nan)
        return Curve(mean, error)


def weighted(values: np.ndarray, weights: np.ndarray) -> Curve:
    """Mean over rounds (axis 0) and its standard error from their spread; values (R, ...), weights (R,)."""
    shape = values.shape[1:]
    if not len(values):
        return Curve(np.full(shape, math.nan), np.full(shape, math.nan))
    share = (weights / weights.sum()).reshape(-1, *[1] * len(shape))
    mean = (share * values).sum(0)
    if len(values) == 1:
        return Curve(mean, np.full(shape, math.nan))
    with np.errstate(invalid="ignore", over="ignore"):  # of what is not finite the error is none either
        spread = np.square(share * (values - mean)).sum(0) * len(values) / (len(values) - 1)
        return Curve(mean, np.sqrt(spread))


class Tally:
    """What was seen so far of one predictor; `walk` goes on where it stands.

    Attributes
    ----------
    design : Design
    at_t, x0_error_at_t : Sums
        L_{t-1} in nats, and the error of x0_hat per pixel, of every image seen at each t (index 0 is not used).
    rounds : int
        Complete rounds.
    done : int
        Visits of the round under way.
    seen : int
        Images whose terms were evaluated, over all timesteps and draws.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.at_t, self.x0_error_at_t = Sums(design.strata.T + 1), Sums(design.strata.T + 1)
        self.done = self.seen = 0
        self._weights: list[int] = []
        self._priors: list[float] = []
        self._nats: list[np.ndarray] = []
        self._x0_errors: list[np.ndarray] = []
        self._open = np.zeros((2, len(design.strata)))

    @property
    def rounds(self) -> int:
        """Complete rounds."""
        return len(self._weights)

    @property
    def images(self) -> int:
        """Different images of the complete rounds."""
        return 1 if len(self.design.order) == 1 else sum(self._weights)

    def add(self, t: int, reading: Reading) -> None:
        """Take in one visit."""
        nats, error = reading.nats.numpy(), reading.x0_error.numpy()
        self.at_t.add(t, nats)
        self.x0_error_at_t.add(t, error)
        self._open[:, self.design.strata.of_t[t]] += nats.mean(), error.mean()
        self.done += 1
        self.seen += len(nats)

    def close_round(self, images: int, prior: float) -> None:
        """The round under way is complete; `prior` is the mean L_T of its images."""
        means = self._open / self.design.draws
        self._weights.append(images)
        self._priors.append(prior)
        self._nats.append(means[0])
        self._x0_errors.append(means[1])
        self._open = np.zeros_like(self._open)
        self.done = 0

    def totals(self) -> Totals:
        """The bound's parts, over complete rounds."""
        return _totals(*self._rounds(self.rounds))

    def terms(self) -> Curve:
        """Mean L_{t-1} of each stratum, nats for one timestep, shape (S,); with what the round under way has seen."""
        return self._strata(self.at_t, self._nats)

    def x0_errors(self) -> Curve:
        """Mean squared error of x0_hat per pixel, of each stratum, shape (S,)."""
        return self._strata(self.x0_error_at_t, self._x0_errors)

    def _strata(self, sums: Sums, rounds: list[np.ndarray]) -> Curve:
        strata, seen = self.design.strata, sums.curve().value
        number = np.add.reduceat(sums.number, strata.starts)
        added = np.add.reduceat(np.where(sums.number > 0, seen * sums.number, 0.0), strata.starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = added / number
        closed = weighted(np.array(rounds).reshape(-1, len(strata)), np.array(self._weights, float))
        return Curve(mean, closed.error)

    def _rounds(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """L_T (R,), nats of each stratum (R, S), and weights (R,) of the first `count` rounds."""
        sizes = self.design.strata.sizes
        nats = np.array(self._nats[:count]).reshape(-1, len(sizes)) * sizes
        return np.array(self._priors[:count]), nats, np.array(self._weights[:count], float)


def _totals(prior: np.ndarray, nats: np.ndarray, weights: np.ndarray) -> Totals:
    steps, decoder = nats[:, 1:].sum(1), nats[:, 0]
    parts = np.stack([prior, steps, decoder, prior + steps + decoder], axis=1)
    found = weighted(parts, weights)
    prior_, steps_, decoder_, total = (Figure(float(v), float(e)) for v, e in zip(found.value, found.error, strict=True))
    return Totals(prior_, steps_, decoder_, total)


def difference(first: Tally, second: Tally) -> Totals:
    """first - second, round by round: with the same images, timesteps and noise most of the spread goes away.

    Raises
    ------
    ValueError
        If they are of different designs.
    """
    _check_same(first, second)
    count = min(first.rounds, second.rounds)
    one, other = first._rounds(count), second._rounds(count)
    return _totals(one[0] - other[0], one[1] - other[1], one[2])


def excess(network: Tally, ideal: Tally) -> Curve:
    """Error of a network's x0_hat minus the ideal denoiser's, per pixel, of each stratum, over rounds that both have.

    Raises
    ------
    ValueError
        If they are of different designs.
    """
    return weighted(*_gaps(network, ideal))


def mean_excess(network: Tally, ideal: Tally) -> Figure:
    """The same as a mean over all timesteps; raises as `excess`."""
    gaps, weights = _gaps(network, ideal)
    sizes = network.design.strata.sizes
    found = weighted(gaps @ sizes / sizes.sum(), weights)
    return Figure(float(found.value), float(found.error))


def _gaps(network: Tally, ideal: Tally) -> tuple[np.ndarray, np.ndarray]:
    """Gap of the errors in each round and stratum, (R, S), and the rounds' weights."""
    _check_same(network, ideal)
    count = min(network.rounds, ideal.rounds)
    shape = (-1, len(network.design.strata))
    gaps = np.array(network._x0_errors[:count]).reshape(shape) - np.array(ideal._x0_errors[:count]).reshape(shape)
    return gaps, np.array(network._weights[:count], float)


def _check_same(first: Tally, second: Tally) -> None:
    if first.design != second.design:
        raise ValueError("the two were not measured with the same images, timesteps and noise")


def walk(
    predictor: Predictor, images: Images, tally: Tally, rounds: int, clip: Clip = False, variance: Variance = "posterior"
) -> Iterator[int]:
    """Go on until the tally has `rounds` complete rounds, or the images are used up.

    Parameters
    ----------
    predictor : Predictor
        One that is told labels is told those of the images: sample i of it is image i.
    images : Images
    tally : Tally
        Taken up where it stands, so that a walk may be left at any visit and gone on with later.
    rounds : int
    clip : bool
        Keep x0_hat in [-1, 1].
    variance : Variance
        Of the reverse step.

    Yields
    ------
    t : int
        After each visit, which is one batch through the predictor; between them the caller may stop.
    """
    design = tally.design
    variances = reverse_variances(predictor.schedule, variance)
    most = rounds if design.rounds is None else min(rounds, design.rounds)
    order = [(draw, stratum) for draw in range(design.draws) for stratum in spread_out(len(design.strata))]
    while tally.rounds < most:
        number = tally.rounds
        indices, times = design.images(number), design.times(number)
        x0, told = images(indices), told_of(predictor, indices)
        for draw, stratum in order[tally.done :]:
            t = int(times[draw, stratum])
            eps = shared_noise(design.seed, indices, t, x0.shape[1:], x0.device, design.stream(number, draw))
            tally.add(t, read(told, x0, t, eps, clip, variance, variances))
            if tally.done == len(order):
                tally.close_round(len(indices), float(prior_term(predictor.schedule, x0).mean()))
            yield t

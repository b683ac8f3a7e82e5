"""A chain over another schedule than its network's: the network is asked at the timestep with the same noise.

Both forward processes are variance preserving: x_t = sqrt(ab) x_0 + sqrt(1 - ab) eps has the same distribution
wherever alpha_bar is the same, so x_t goes to the network as it is, and only the timestep is translated.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Self

import numpy as np
from torch import Tensor

from explorer.diffusion.levels import log_snr, nearest_timesteps
from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import Labelled, Predictor, ask, remembers
from explorer.diffusion.schedule import Schedule

TOLERATED = 1.0
"""Log SNR by which a chain may go beyond what its network has seen before that is told: a factor e in the SNR."""


def levels_of(schedule: Schedule) -> np.ndarray:
    """Log SNR at t = 0..T, float64; infinite at t = 0."""
    return log_snr(schedule.alpha_bar.numpy())


class MatchedPredictor:
    """A predictor walked along another schedule.

    Parameters
    ----------
    inner : Predictor
        Asked at its own timestep nearest in log SNR, never at t = 0.
    schedule : Schedule
        What the chain walks.

    Attributes
    ----------
    schedule : Schedule
        The one that is walked.
    asked : ndarray of int64, shape (T + 1,)
        Timestep of `inner` for t = 0..T of the schedule that is walked; asked[0] is 0 and never used.

    Notes
    -----
    The output is read at the level of x_t, not at that of the timestep asked: eps_hat of an Option C network is the
    noise in x_t, and x0_hat follows from it by Property 1 with the walked alpha_bar, as samplers on continuous noise
    levels do (Karras et al. 2022, appendix C.3.4). Option A's mean is of the network's own step; its x0_hat is taken.

    Where x_t is noisier or cleaner than anything the network has seen, x0_hat is what the output says at the timestep
    asked, the network's last or first: at alpha_bar = 1e-9 a thousandth of error in eps_hat would be 30 in x0_hat.
    """

    def __init__(self, inner: Predictor, schedule: Schedule) -> None:
        self.inner, self.schedule = inner, schedule
        self.name, self.remembers = getattr(inner, "name", "a lane"), remembers(inner)
        seen, walked = levels_of(inner.schedule), levels_of(schedule)
        self.asked = nearest_timesteps(seen, walked)
        self._beyond = (walked > seen[1]) | (walked < seen[-1])

    def for_indices(self, indices: Sequence[int]) -> Predictor:
        """As `Labelled.for_indices`."""
        return self.with_inner(self.inner.for_indices(indices)) if isinstance(self.inner, Labelled) else self

    def apart(self) -> tuple[Predictor, Predictor] | None:
        """As `Labelled.apart`."""
        pair = self.inner.apart() if isinstance(self.inner, Labelled) else None
        return None if pair is None else (self.with_inner(pair[0]), self.with_inner(pair[1]))

    def with_inner(self, inner: Predictor) -> Self:
        """The same walk with another predictor of the same schedule."""
        found = copy.copy(self)
        found.inner = inner
        return found

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip, before: Tensor | None = None) -> Prediction:
        """As `Predictor.predict`; t is of the schedule that is walked."""
        asked = int(self.asked[t])
        if not self._beyond[t]:
            return ask(self.inner, x_t, asked, step, clip, before)
        levels = self.inner.schedule.alpha_bar
        said = ask(self.inner, x_t, asked, posterior(float(levels[asked]), float(levels[asked - 1])), clip, before)
        x0_hat = said.x0_hat
        return Prediction(mean_from_x0(x_t, x0_hat, step), x0_hat, eps_from_x0(x_t, x0_hat, step), unclipped=said.unclipped)


def outside(network: Schedule, walked: Schedule, timesteps: Sequence[int]) -> float:
    """How far, in log SNR, the noisiest or the cleanest state that a step starts from lies beyond what a network has seen.

    Parameters
    ----------
    network : Schedule
        That the network was trained on: it has seen log SNR at t = 1..T.
    walked : Schedule
    timesteps : sequence of int
        Of the chain's states, on `walked`; t = 0, from which no step starts, does not count.

    Returns
    -------
    float
        0 inside.
    """
    seen, asked = levels_of(network)[1:], levels_of(walked)[[t for t in timesteps if t > 0]]
    return max(0.0, float(seen.min() - asked.min()), float(asked.max() - seen.max()))


def notice(network: Schedule, walked: Schedule, timesteps: Sequence[int]) -> str:
    """What to tell of a chain whose noise levels its network has not seen; empty if they are within `TOLERATED`."""
    beyond = outside(network, walked, timesteps)
    if not math.isfinite(beyond) or beyond <= TOLERATED:
        return ""
    seen, asked = levels_of(network)[1:], levels_of(walked)[[t for t in timesteps if t > 0]]
    return (
        f"This schedule's log SNR runs from {asked.min():.1f} to {asked.max():.1f}, and the network was trained from "
        f"{seen.min():.1f} to {seen.max():.1f}: beyond that it is asked at its own first or last timestep."
    )

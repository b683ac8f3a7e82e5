"""A lane as it is shown: its plan, its states, and what follows from them. No torch.

A lane that is being sampled and one that is kept on disk are shown by the same code, so that the pictures of both are the same.
Its values are arrays or tensors: the formulas are the same for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from explorer.checkpoints.card import LatentCard
from explorer.diffusion.levels import nearest_states
from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.pixel_range import HERE, Range
from explorer.diffusion.plan import Plan
from explorer.diffusion.samplers.steps import as_taken
from explorer.engine.arrays import read_only
from explorer.engine.chain.frames import Frame
from explorer.engine.chain.lane_quantities import OWN
from explorer.engine.chain.messages import LaneKey, LanePlanned, LaneProgress
from explorer.errors import BadInput
from explorer.recipe.quantities import QUANTITIES

NORMS = ("x_t", "x0_hat", "eps_hat")


class NeedsNetwork(BadInput):
    """What is asked for wants the network of a lane, which is not to be had; the words say why."""


class ShownLane:
    """What can be asked of a lane.

    Attributes
    ----------
    key : LaneKey
    course : Plan
    image_shape : (C, H, W)
    timesteps : ndarray of int64, shape (K + 1,)
    levels : ndarray of float64, shape (T + 1,)
        Log SNR of the schedule that it walks.
    norms : dict of ndarray of float64, shape (K + 1, N)
        By the names in NORMS; NaN where it has not come yet.
    origin : str
        Digest of the chain that came with the app, if it or what it leaves is that; empty if all was sampled here.
    latent : LatentCard or None
        What its states are, where they are codes that are seen through a decoder.
    value_range : (float, float)
        Black and white of its images.
    can_decode : bool
        Its network is there, through whose decoder codes are seen.
    """

    key: LaneKey
    course: Plan
    image_shape: tuple[int, int, int]
    timesteps: np.ndarray
    levels: np.ndarray
    norms: dict[str, np.ndarray]
    origin: str = ""
    latent: LatentCard | None = None
    value_range: Range = HERE
    can_decode: bool = True

    # --- what kinds of lanes say themselves ---

    @property
    def done(self) -> int:
        """Steps taken; states 0..done are known."""
        raise NotImplementedError

    @property
    def begun(self) -> bool:
        """Whether it has a state."""
        raise NotImplementedError

    @property
    def notice(self) -> str:
        """What to tell of it; empty if nothing."""
        raise NotImplementedError

    @property
    def kept_frames(self) -> Mapping[int, Frame]:
        """Its frames as far as they need not be made again."""
        raise NotImplementedError

    def frame(self, k: int) -> Iterator[Frame | None]:
        """Frame k, last; before it a None at each cancel point."""
        raise NotImplementedError

    def z(self, k: int) -> Any:
        """Fresh noise of the step from state k, float32, shape (N, C, H, W), on the CPU."""
        raise NotImplementedError

    def decoded(self, k: int, quantity: str, codes: Any, samples: Sequence[int]) -> Iterator[np.ndarray | None]:
        """Images (n, C, H, W) of codes (n, c, h, w) of a quantity at state k, of these samples, last; before them None at cancel points."""
        raise NotImplementedError

    # --- what follows from it ---

    @property
    def finished(self) -> bool:
        """Whether x_0 is reached."""
        return self.done >= self.course.K

    @property
    def next_t(self) -> int:
        """Timestep of the newest state."""
        return self.course.timesteps[self.done]

    @property
    def progress(self) -> LaneProgress:
        """How far it is."""
        return LaneProgress(self.key, self.done, self.course.K)

    def planned(self) -> LanePlanned:
        """The steps, for plots and equations."""
        steps = self.course.steps
        levels = [s.alpha_bar for s in steps] + [steps[-1].alpha_bar_prev]
        return LanePlanned(
            self.key, read_only(self.timesteps.astype(np.int64)), read_only(np.array(levels)),
            read_only(np.array([s.a0 for s in steps])), read_only(np.array([s.at for s in steps])),
            read_only(np.array([s.sigma for s in steps])), self.image_shape, read_only(self.levels.copy()), self.notice,
            latent=self.latent,
        )  # fmt: skip

    def nearest(self, t: int, quantity: str = "x_t", timeline: np.ndarray | None = None) -> int:
        """Index of the computed state whose noise level is nearest to that of timestep t and that has the quantity.

        `timeline` is the log SNR at 0..T of the schedule that t is on; None is the lane's own, under which the state
        nearest in t is meant.
        """
        last = self.done
        if QUANTITIES[quantity].of_step and last < self.course.K:
            last = max(0, last - 1)
        levels = self.levels if timeline is None else timeline
        wanted = levels[min(max(t, 0), len(levels) - 1)]
        return int(nearest_states(self.timesteps[: last + 1], self.levels, wanted))

    def prediction(self, k: int, frame: Frame) -> Prediction:
        """Mean, x0_hat and eps_hat of the step from state k, from its frame."""
        assert frame.x0_hat is not None
        return as_taken(self.course.method, frame.x, frame.x0_hat, frame.towards, self.course.steps[k])

    def predicted(self, k: int) -> Iterator[Prediction | None]:
        """Prediction of the step from state k, last; before it None at each cancel point.

        At t = 0, which no step starts from, that of the last step; of the newest state, which has none yet, that of the step before.
        """
        k = min(k, self.course.K - 1)
        for found in self.frame(k):
            if found is None:
                yield None
            elif found.x0_hat is not None:
                yield self.prediction(k, found)
            else:
                for previous in self.frame(k - 1):
                    yield None if previous is None else self.prediction(k - 1, previous)

    def show(self, k: int, quantity: str) -> Iterator[Any]:
        """A quantity that the lane has by itself at state k, last, shape (N, C, H, W); before it None at each cancel point."""
        return OWN[quantity](self, k)

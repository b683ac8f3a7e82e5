"""A finished lane whose network, or data set, is not to be had any more: its states as they were kept, and nothing that wants more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from explorer.engine.chain.frames import Frame
from explorer.engine.chain.kept.lane import KeptLane, NotKept
from explorer.engine.chain.lanes import AsTensors
from explorer.engine.chain.messages import LanePlanned
from explorer.engine.chain.shown_lane import NeedsNetwork, ShownLane


class LostLane(ShownLane):
    """What is kept of it.

    Parameters
    ----------
    kept : KeptLane
    why : str
        Why what predicts in it is not to be had, in one line.
    """

    can_decode = False

    def __init__(self, kept: KeptLane, why: str) -> None:
        self.kept, self.why = kept, why
        self.key, self.course, self.image_shape = kept.key, kept.course, kept.image_shape
        self.timesteps, self.levels, self.norms = kept.timesteps, kept.levels, kept.norms
        self.origin, self.latent, self.value_range = kept.origin, kept.latent, kept.value_range
        self._frames = AsTensors(kept.kept_frames, False)

    @property
    def done(self) -> int:
        """All of it."""
        return self.course.K

    @property
    def begun(self) -> bool:
        """It is finished."""
        return True

    @property
    def notice(self) -> str:
        """As it was when it was sampled."""
        return self.kept.notice

    def planned(self) -> LanePlanned:
        """The steps, and what is wrong."""
        return replace(self.kept.planned(), lost=self.why)

    @property
    def kept_frames(self) -> Mapping[int, Frame]:
        """Its own, read when asked for."""
        return self._frames

    def frame(self, k: int) -> Iterator[Frame | None]:
        """Frame k; above its last edit that of the lane that it leaves."""
        lane = self.kept
        while k < lane.first and lane.parent is not None:
            lane = lane.parent
        try:
            yield AsTensors(lane.kept_frames, False)[k]
        except KeyError:
            raise NeedsNetwork(self.why) from None

    def z(self, k: int) -> Any:
        """As of a lane that is kept (NeedsNetwork where that does not say it)."""
        try:
            return torch.from_numpy(np.asarray(self.kept.z(k)))
        except NotKept:
            raise NeedsNetwork(self.why) from None

    def decoded(self, k: int, quantity: str, codes: Any, samples: Sequence[int]) -> Iterator[np.ndarray | None]:
        """Not without the network."""
        raise NeedsNetwork(self.why)

"""Frames kept for scrubbing, within a budget of bytes.

A frame is the state x at one index k of a chain, with the x0_hat that the predictor said of it, and what else the sampler
needs to take the step again; mean, eps_hat and z follow from these. Beyond the budget the lanes not asked for lately go
first; then every lane in use keeps each second frame only, then each fourth, and so on: what is missing is made again from
the nearest kept state before it, identically. What is made again has its part of the budget: where that is short, at most
as many frames as the lane keeps.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from explorer.engine.desk import Desk
from explorer.engine.thread.messages import Done, SetFrameBudget
from explorer.engine.thread.requests import Steps

if TYPE_CHECKING:
    from torch import Tensor

DEFAULT_BUDGET = 512 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """State k of a chain.

    Attributes
    ----------
    x : Tensor, shape (N, C, H, W), float32, on the CPU
    x0_hat : Tensor or None
        Prediction of the step that starts here; None at the newest state, and at x_0.
    towards : Tensor or None
        The clean image that the step goes towards, where that is not x0_hat (see explorer.diffusion.samplers).
    before : Tensor or None
        x0_hat of the state before, where the step depends on it: with it, the step is taken again from this frame alone.
    """

    x: Tensor
    x0_hat: Tensor | None
    towards: Tensor | None = None
    before: Tensor | None = None

    @property
    def nbytes(self) -> int:
        """Memory of its tensors; what two frames share counts for both."""
        return sum(each.nbytes for each in (self.x, self.x0_hat, self.towards, self.before) if each is not None)


@dataclass(slots=True, eq=False)
class LaneFrames:
    """Kept frames of one lane: every `stride`-th from `first` on, the newest, and a stretch made again lately.

    A branch begins at the state where it leaves its parent: that is its `first`.
    """

    first: int = 0
    stride: int = 1
    newest: int = -1
    kept: dict[int, Frame] = field(default_factory=dict)
    again: dict[int, Frame] = field(default_factory=dict)
    nbytes: int = 0

    def get(self, k: int) -> Frame | None:
        """Frame k, if it is there."""
        frame = self.kept.get(k)
        return frame if frame is not None else self.again.get(k)

    def nearest_before(self, k: int) -> int:
        """Largest index at most k whose frame is there; the first always is."""
        candidates = [i for store in (self.kept, self.again) for i in store if i <= k]
        return max(candidates)

    def recount(self) -> None:
        """Add up the bytes anew."""
        self.nbytes = sum(f.nbytes for store in (self.kept, self.again) for f in store.values())

    @property
    def can_give(self) -> bool:
        """Whether there is more than its ends and the frame made again last, from which the next one is made in one step."""
        return len(self.kept) > 2 or len(self.again) > 1

    def give(self) -> None:
        """Drop frames where there are more: one made again, or what a stride twice as large leaves out."""
        if len(self.kept) > max(2, len(self.again)):
            self.thin()
        else:
            self.drop_oldest_again()

    def drop_oldest_again(self) -> None:
        """Drop the frame that was made again before the others."""
        self.nbytes -= self.again.pop(next(iter(self.again))).nbytes

    def thin(self) -> None:
        """Double the stride and drop what it leaves out."""
        self.stride *= 2
        for k in [k for k in self.kept if (k - self.first) % self.stride and k != self.newest]:
            del self.kept[k]  # in place: who is going through them, as measurements do, lets go of these as well
        self.recount()


class LentFrames(LaneFrames):
    """Frames of a finished lane that are on disk: they take no memory, and none is ever made again."""

    def __init__(self, frames: Mapping[int, Frame], first: int, newest: int) -> None:
        super().__init__(first, newest=newest)
        self.kept = frames  # type: ignore[assignment]  # nothing is put into a finished lane

    @property
    def can_give(self) -> bool:
        """There is nothing to give."""
        return False

    def recount(self) -> None:
        """Nothing of it is in memory."""


class FrameStore:
    """Frames of every lane, within one budget.

    Parameters
    ----------
    budget : int
        Bytes, at least 1. Of a lane that is open or was asked for last, one frame at each end and the one made again last are
        kept in any case.
    """

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self._budget = budget
        self._lanes: OrderedDict[Hashable, LaneFrames] = OrderedDict()
        self._in_use: Set[Hashable] = frozenset()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Frames within the usual budget."""
        return cls()

    @property
    def budget(self) -> int:
        """Bytes that may be kept."""
        return self._budget

    @budget.setter
    def budget(self, value: int) -> None:
        self._budget = value
        self._fit()

    @property
    def nbytes(self) -> int:
        """Bytes that are kept."""
        return sum(lane.nbytes for lane in self._lanes.values())

    def lane(self, key: Hashable) -> LaneFrames:
        """Frames of a lane, which is now the one asked for last."""
        lane = self._lanes.setdefault(key, LaneFrames())
        self._lanes.move_to_end(key)
        return lane

    def __contains__(self, key: Hashable) -> bool:
        """Whether the lane has frames."""
        return key in self._lanes

    def lend(self, key: Hashable, frames: Mapping[int, Frame], first: int, newest: int) -> None:
        """Have the frames of a finished lane that lie elsewhere: its states from `first` to `newest`."""
        self._lanes[key] = LentFrames(frames, first, newest)

    def drop(self, key: Hashable) -> None:
        """Forget a lane's frames."""
        self._lanes.pop(key, None)

    def use(self, keys: Set[Hashable]) -> None:
        """Say which lanes are open: the others may be forgotten."""
        self._in_use = keys

    def put(self, key: Hashable, k: int, frame: Frame) -> None:
        """Keep frame k of a lane: the newest, or one already there with its x0_hat added."""
        lane = self.lane(key)
        previous = lane.newest
        lane.newest = max(previous, k)
        if k < lane.newest and (k - lane.first) % lane.stride and k != previous:
            return
        self._replace(lane, lane.kept, k, frame)
        for old in (previous, k):
            if old != lane.newest and old > lane.first and (old - lane.first) % lane.stride and old in lane.kept:
                lane.nbytes -= lane.kept.pop(old).nbytes
        self._fit()

    def put_again(self, key: Hashable, k: int, frame: Frame) -> None:
        """Keep a frame that was made again, until another stretch is or the budget is needed for later ones."""
        lane = self.lane(key)
        if lane.again and min(abs(k - i) for i in lane.again) > lane.stride:
            lane.again.clear()
            lane.recount()
        self._replace(lane, lane.again, k, frame)
        while len(lane.again) > lane.stride:
            lane.drop_oldest_again()
        self._fit()

    @staticmethod
    def _replace(lane: LaneFrames, store: dict[int, Frame], k: int, frame: Frame) -> None:
        if k in store:
            lane.nbytes -= store[k].nbytes
        store[k] = frame
        lane.nbytes += frame.nbytes

    def _fit(self) -> None:
        total = self.nbytes
        for key in [k for k in self._lanes if k not in self._in_use]:
            if total <= self._budget:
                return
            if key != next(reversed(self._lanes)):
                total -= self._lanes.pop(key).nbytes
        while total > self._budget:
            givers = [lane for lane in self._lanes.values() if lane.can_give]
            if not givers:
                return
            largest = max(givers, key=lambda lane: lane.nbytes)
            before = largest.nbytes
            largest.give()
            total -= before - largest.nbytes


def to_cpu(x: Tensor) -> Tensor:
    """Float32 copy on the CPU that nothing else writes to."""
    import torch

    return x.detach().to("cpu", torch.float32, copy=True).contiguous()


def set_budget(request: SetFrameBudget, desk: Desk) -> Steps:
    """Answer a SetFrameBudget."""
    desk.of(FrameStore).budget = request.bytes
    yield Done()

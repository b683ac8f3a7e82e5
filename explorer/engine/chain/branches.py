"""Lanes that leave another: above their last edit they are that other, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from explorer.diffusion import branches as walking
from explorer.diffusion.branches import DrawnAnew, Leg, branch_steps
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import Step
from explorer.diffusion.samplers.methods import evaluations
from explorer.engine.aside import Pace
from explorer.engine.chain.edited_chain import Draws, parent_of, weave
from explorer.engine.chain.frames import Frame, FrameStore, to_cpu
from explorer.engine.chain.given_states import States, given_state, with_states
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.messages import LaneKey, LaneProgress, lane_key
from explorer.engine.chain.shown_lane import NORMS
from explorer.recipe import BackUp, ChainRecipe, Edit, Inpaint, Lane, Paint


def lineage(lane: Lane) -> tuple[Lane, ...]:
    """Every lane that a branch comes from, the chain without edits first."""
    return tuple(parent_of(lane, count) for count in range(len(lane.edits)))


def branch_keys(recipe: ChainRecipe) -> tuple[LaneKey, ...]:
    """Keys of the branches that a recipe keeps."""
    return tuple(lane_key(branch.lane, recipe) for branch in recipe.branches)


def with_lineage(keys: Sequence[LaneKey]) -> frozenset[LaneKey]:
    """These keys and those of the lanes that they come from."""
    return frozenset(keys) | {replace(key, lane=lane) for key in keys for lane in lineage(key.lane)}


class BranchLane(ChainLane):
    """A lane with edits: above its last edit it is its parent, frame by frame.

    Parameters
    ----------
    lane_of : callable
        The computed lane of a key, as far as it is.
    predictor_of : callable
        Predictor of a lane of another checkpoint.

    Raises
    ------
    BadInput
        As of `weave`.
    """

    def __init__(
        self,
        key: LaneKey,
        predictor: Predictor,
        image_shape: tuple[int, int, int],
        device: torch.device,
        store: FrameStore,
        lane_of: Callable[[LaneKey], ChainLane],
        predictor_of: Callable[[Lane], Predictor],
    ) -> None:
        super().__init__(key, predictor, image_shape, device, store)
        self._lane_of = lane_of
        draws = Draws(key.seed, range(key.samples), image_shape, device)
        self.branch = weave(key.lane, self.predictor, self.course, draws, predictor_of, lambda edits: partial(given_state, edits))
        self.course, self.noise = self.branch.course, self.branch.noise
        self.leaves = walking.place(self.course, key.lane.edits[-1].t)
        self._asks(self.predictor, *(leg.predictor for leg in self.branch.legs))

    @property
    def parent(self) -> ChainLane:
        """The lane that it leaves."""
        return self.ancestor(len(self.key.lane.edits) - 1)

    def ancestor(self, edits: int) -> ChainLane:
        """The lane with its first so many edits."""
        return self._lane_of(replace(self.key, lane=parent_of(self.key.lane, edits)))

    # --- what it takes of the lanes that it comes from

    @property
    def _beside(self) -> tuple[int, Inpaint] | None:
        """What is inpainted on its way, and how many edits the lane has that the rest is of."""
        for edits, edit in reversed([*enumerate(self.key.lane.edits)]):
            if isinstance(edit, BackUp):
                return None
            if isinstance(edit, Inpaint):
                return edits, edit
        return None

    def brought(self, k: int) -> Generator[None, None, States]:
        """As of a chain: what is known of the state that the step leads to, where a region is inpainted."""
        if (beside := self._beside) is None:
            return {}
        edits, edit = beside
        return (yield from self._fetched(edits, self.course.K if edit.known == "image" else k + 1))

    def _fetched(self, edits: int, *wanted: int) -> Generator[None, None, States]:
        """States of the lane with the first so many edits, returned; a None for each cancel point until they are there."""
        found: dict[tuple[int, int], Tensor] = {}
        for k in wanted:
            found[edits, k] = (yield from had(self.ancestor(edits), k)).x.to(self.device)
        return found

    # --- how far it is

    @property
    def _anew(self) -> DrawnAnew | None:
        """What is drawn anew before the first state."""
        edit = self.key.lane.edits[-1]
        touch = self.branch.on_state[self.leaves][-1] if isinstance(edit, Inpaint) and edit.anew else None
        return touch if isinstance(touch, DrawnAnew) else None

    @property
    def progress(self) -> LaneProgress:
        """As of a chain, and how far what is drawn anew is."""
        anew = self._anew
        return LaneProgress(self.key, self.done, self.course.K, self._prepared, 0 if anew is None else len(anew.indices))

    def _cost(self, k: int) -> int:
        """How often the network is asked in step k."""
        repeats = next((i.repeats for i in self.branch.inpaintings if i.start <= k < i.end), 1)
        return repeats * evaluations(self.course, k)

    @property
    def next_cost(self) -> int:
        """As of a chain; where a region is made anew, every repetition asks it."""
        anew = self._anew
        return (self._cost(self.done) if self.begun or anew is None else anew.inpainting.repeats) * self._asked

    @property
    def left(self) -> int:
        """As of a chain, with every repetition, and with what is drawn anew before."""
        anew, first = self._anew, self.done if self.begun else self.leaves
        before = 0 if self.begun or anew is None else (len(anew.indices) - self._prepared) * anew.inpainting.repeats
        return (before + sum(self._cost(k) for k in range(first, self.course.K))) * self._asked

    def waits_for(self) -> ChainLane | None:
        """The lane that must go on first."""
        parent, edit = self.parent, self.key.lane.edits[-1]
        own = self.store.lane(self.key).newest if self.begun else -1
        if own < 0:
            needed = parent.course.K if _takes_image(edit) else self.leaves
            return parent if parent.done < needed or not parent.begun else None
        if (beside := self._beside) is not None:
            source = self.ancestor(beside[0])
            needed = source.course.K if beside[1].known == "image" else min(own + 1, source.course.K)
            if source.done < needed:
                return source
        return None

    @property
    def needs_memory(self) -> bool:
        """As of a chain, for whoever predicts anywhere in it."""
        return self.branch.needs_memory

    def walk(self, frame: Frame, start: int) -> Iterator[Step]:
        """As of a chain, with what is changed in it."""
        x, before = self.placed(frame)
        return branch_steps(self.branch, x, start, before)

    def leg(self, k: int) -> Leg:
        """As of a chain, with what was changed by then."""
        return self.branch.leg(k)

    def begin(self) -> Iterator[None]:
        """Leave the parent."""
        edit, edits = self.key.lane.edits[-1], len(self.key.lane.edits) - 1
        self.origin = self.parent.origin
        if (anew := self._anew) is not None:
            x = yield from self._drawn(anew, edits)
        else:
            own_image = isinstance(edit, BackUp) and edit.picture is None
            states = yield from self._fetched(edits, self.leaves, *([self.course.K] if own_image else []))
            x = states[edits, self.leaves]
            if isinstance(edit, BackUp) or (isinstance(edit, Paint) and edit.on == "x_t"):
                x = with_states(states, partial(self.branch.on_state[self.leaves][-1], x))
        before = yield from self._memory()
        for name in NORMS:
            self.norms[name][: self.leaves] = self.parent.norms[name][: self.leaves]
        self.store.lane(self.key).first = self.leaves
        self.store.put(self.key, self.leaves, Frame(to_cpu(x), None, before=before))

    def _drawn(self, anew: DrawnAnew, edits: int) -> Generator[None, None, Tensor]:
        """The state that it begins with where a region is drawn anew, returned."""
        walk, pace = anew.states(), Pace[Tensor](self._can_be_apart, yields=True)
        from_image = _takes_image(self.key.lane.edits[-1])
        self._prepared = 0
        for k in anew.indices:
            states = yield from self._fetched(edits, self.course.K if from_image else k)
            x = yield from pace.step(partial(with_states, states, partial(next, walk)))
            self._prepared += 1
            yield
        return x

    def _memory(self) -> Generator[None, None, Tensor | None]:
        """What was said of the parent's state before the one that this leaves, where the first step needs it, returned."""
        if not self.needs_memory or self.leaves == 0 or self.leaves in self.branch.anew:
            return None
        return (yield from had(self.parent, self.leaves - 1, with_image=True)).x0_hat

    def frame(self, k: int) -> Iterator[Frame | None]:
        """As of a chain; above the last edit the parent's own."""
        if k < self.leaves:
            yield from made(self.parent, k, with_image=True)
        else:
            yield from super().frame(k)


def _takes_image(edit: Edit) -> bool:
    """Whether the branch begins with its parent's x_0."""
    if isinstance(edit, Inpaint):
        return edit.anew and edit.known == "image"
    return isinstance(edit, BackUp) and edit.picture is None


def made(lane: ChainLane, k: int, with_image: bool = False) -> Iterator[Frame | None]:
    """Frame k of a lane, last, sampled on to there if it is not; None at each cancel point.

    Parameters
    ----------
    with_image : bool
        With its x0_hat, which the newest frame does not have yet.
    """
    while lane.done < min(k + with_image, lane.course.K) or not lane.begun:
        yield from first_of(lane).advancing()
        yield None
    yield from lane.frame(k)


def had(lane: ChainLane, k: int, with_image: bool = False) -> Generator[None, None, Frame]:
    """As `made`, the frame returned."""
    for frame in made(lane, k, with_image):
        if frame is not None:
            return frame
        yield
    raise AssertionError("a lane gives every frame that it has")


def first_of(lane: ChainLane) -> ChainLane:
    """The lane that must go on for this one to: itself if it waits for none."""
    while (other := lane.waits_for()) is not None:
        lane = other
    return lane

"""Exact lanes: what a person can do with them, state in, state out."""

from __future__ import annotations

import msgspec

from explorer.datasets.shipped import shipped
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ExactProcess, Lane, OptionName, Sampler
from explorer.recipe.chain import following
from explorer.recipe.sampler import with_method
from explorer.state.edits import lanes as lane_edits
from explorer.state.session import ChainState

_replace = msgspec.structs.replace
THROUGH: tuple[OptionName, ...] = ("A", "B", "C")
LENGTH = 1000
"""T of the schedule that an exact lane has if it names none."""


def exact_lane(exact: ExactProcess, sampler: Sampler | None = None) -> Lane:
    """A lane of a data set; as many steps as there are at most, and no variance that a network has learned.

    To draw an image at each step is ancestral sampling: under another sampler it follows the mean.
    """
    kept = lane_edits.fitting(sampler or Sampler(), LENGTH)
    if kept.variance == "learned":
        kept = _replace(kept, variance="small")
    return following(Lane("", exact.dataset, None, kept, exact))


def add_exact(state: ChainState, exact: ExactProcess) -> ChainState:
    """One more lane, of a data set, with the sampler of the last; the state as it is if there is no room."""
    lanes = state.recipe.lanes
    return lane_edits.add_lane(state, exact_lane(exact, lanes[-1].sampler if lanes else None))


def put_exact(state: ChainState, index: int, exact: ExactProcess) -> ChainState:
    """A data set in the place of a lane, with that one's sampler; one more lane if there is none there."""
    lanes = state.recipe.lanes
    if index >= len(lanes):
        return add_exact(state, exact)
    return lane_edits.set_lane(state, index, exact_lane(exact, lanes[index].sampler))


def set_exact(state: ChainState, index: int, follow: str, option: OptionName | None) -> ChainState:
    """What an exact lane, and every branch of it, follows, and the option that its prediction is taken through.

    To draw is ancestral sampling, whatever the sampler was.
    """

    def changed(lane: Lane) -> Lane:
        assert lane.exact is not None
        sampler = with_method(lane.sampler, "ancestral") if follow == "draw" else lane.sampler
        return _replace(lane, option=option, exact=_replace(lane.exact, follow=follow), sampler=sampler)

    lane = state.recipe.lanes[index]
    chain = _replace(lane, edits=())
    branches = tuple(
        _replace(branch, lane=changed(branch.lane)) if _replace(branch.lane, edits=()) == chain else branch
        for branch in state.recipe.branches
    )
    state = lane_edits.set_lane(state, index, changed(lane))
    return _replace(state, recipe=_replace(state.recipe, branches=branches))


def through_options(state: ChainState, exact: ExactProcess) -> ChainState:
    """Three lanes of one predictor, the ideal denoiser, through Options A, B and C; the distances of their states."""
    sampler = state.recipe.lanes[0].sampler if state.recipe.lanes else None
    lane = exact_lane(_replace(exact, follow="mean"), sampler)
    lanes = tuple(_replace(lane, option=option) for option in THROUGH)
    new = lane_edits.with_lanes(state, lanes, tuple(range(len(lanes))))
    return _replace(new, reference=len(lanes) - 1, lane=0, plot="distance x_t", log_curves=True)


def is_through_options(state: ChainState) -> bool:
    """Whether the lanes are those three."""
    lanes = state.recipe.lanes
    first = lanes[0] if lanes else None
    if first is None or first.exact is None or first.exact.follow != "mean":
        return False
    return lanes == tuple(_replace(first, option=option) for option in THROUGH)


def data_set_of(state: ChainState, lane: int, entry: LibraryEntry | None) -> ExactProcess | None:
    """The data set that a lane is seen beside: its own, the one that was chosen, that of another lane, or the one its network learned.

    Parameters
    ----------
    lane : int
        Index of the lane that is looked at.
    entry : LibraryEntry or None
        Of its checkpoint.
    """
    lanes = state.recipe.lanes
    own = next((one.exact for one in lanes[lane : lane + 1]), None)
    another = next((one.exact for one in lanes if one.exact is not None), None)
    found = own or state.beside or another
    if found is not None:
        return _replace(found, follow="draw")
    if entry is None or entry.card is None:
        return None
    learned = shipped(entry.card.data.name)
    return None if learned is None else ExactProcess(learned.name, entry.card.data.sha256)

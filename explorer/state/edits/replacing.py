"""Another model in the place of a lane's: all of the lane that can be of it stays."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.checkpoints.card import ScheduleCard
from explorer.engine.chain.data_set.messages import DataSetOpened
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import BackUp, Change, Edit, Inpaint, Lane, Paint
from explorer.state.edits import exact_lanes as exact_edits
from explorer.state.edits import labels as label_edits
from explorer.state.edits import lanes as lane_edits
from explorer.state.session import ChainState

_replace = msgspec.structs.replace
Shape = tuple[int, int, int]


def change_checkpoint(state: ChainState, index: int, entry: LibraryEntry, entries: Sequence[LibraryEntry]) -> ChainState:
    """Another network in a lane, as of `with_checkpoint`; of large images there are fewer samples then."""
    changed = lane_edits.set_lane(state, index, with_checkpoint(state.recipe.lanes[index], entry, entries))
    return lane_edits.with_samples_for(changed, lane_edits.shape_of(entry))


def change_data_set(state: ChainState, index: int, opened: DataSetOpened, entries: Sequence[LibraryEntry]) -> ChainState:
    """The exact process of a data set in a lane, as of `with_data_set`; of large images there are fewer samples then."""
    changed = lane_edits.set_lane(state, index, with_data_set(state.recipe.lanes[index], opened, entries))
    return lane_edits.with_samples_for(changed, opened.image_shape)


def with_checkpoint(lane: Lane, entry: LibraryEntry, entries: Sequence[LibraryEntry]) -> Lane:
    """The lane with another checkpoint.

    Its schedule and seed stay, its labels and guidance where it takes them; its sampler, with as many steps as there are at most;
    and those of its edits that fit: at a timestep that there is, with a mask or a picture of the images' size, to a network of
    the same noise levels.

    Parameters
    ----------
    entries : sequence of LibraryEntry
        The checkpoints that are known: an edit may go on with one of them.
    """
    card = entry.card
    own, shape = (card.schedule, card.data.shape) if card is not None else (None, None)
    new = label_edits.kept(
        lane, lane_edits.lane_of(entry, lane_edits.chosen_sampler(lane, entries)), None if card is None else card.classes
    )
    return _in_place_of(lane, new, own, shape, entries)


def with_data_set(lane: Lane, opened: DataSetOpened, entries: Sequence[LibraryEntry]) -> Lane:
    """The lane with the exact process of a data set, otherwise as `with_checkpoint`; what an exact lane followed, it follows still."""
    kept = lane.exact
    exact = opened.exact if kept is None else _replace(opened.exact, follow=kept.follow, label=kept.label)
    new = exact_edits.exact_lane(exact, lane_edits.chosen_sampler(lane, entries))
    if lane.exact is not None:
        new = _replace(new, option=lane.option)
    return _in_place_of(lane, new, ScheduleCard("linear", exact_edits.LENGTH), opened.image_shape, entries)


def _in_place_of(old: Lane, new: Lane, own: ScheduleCard | None, shape: Shape | None, entries: Sequence[LibraryEntry]) -> Lane:
    """`new`, whose own schedule and images these are and which has the sampler of `old` as far as it fits, with what else stays of it."""
    walked = old.schedule if old.schedule is not None else own
    T = walked.T if walked is not None else None
    networks = {entry.sha256: entry for entry in entries}
    kept: list[Edit] = []
    for edit in old.edits:
        fits = (T is None or edit.t <= T) and (shape is None or _of_shape(edit, shape))
        if isinstance(edit, Change) and edit.checkpoint:
            fits = fits and _goes_on(old, networks.get(edit.checkpoint), own, shape)
        if fits and (not kept or edit.t <= kept[-1].t or isinstance(edit, BackUp)):  # without a dropped one, others may not follow
            kept.append(edit)
    sampler = lane_edits.fitting(_replace(new.sampler, steps=old.sampler.steps), T)
    return _replace(new, sampler=sampler, schedule=old.schedule, seed=old.seed, edits=tuple(kept))


def _of_shape(edit: Edit, shape: Shape) -> bool:
    if isinstance(edit, Inpaint):
        return (edit.mask.height, edit.mask.width) == shape[1:]
    if isinstance(edit, Paint) and any(dab.colour is not None for dab in edit.dabs):
        return shape[0] == 3
    if isinstance(edit, BackUp) and edit.picture is not None:
        return tuple(edit.picture.shape) == shape
    return True


def _goes_on(lane: Lane, network: LibraryEntry | None, own: ScheduleCard | None, shape: Shape | None) -> bool:
    """Whether a chain can go on with a network: every network walks a schedule that the lane names, only like ones their own."""
    card = network.card if network is not None else None
    if card is None:
        return lane.schedule is not None
    return card.data.shape == shape and (lane.schedule is not None or card.schedule == own)

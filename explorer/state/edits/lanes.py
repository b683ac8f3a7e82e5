"""What a person can do to the lanes: state in, state out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES, Lane, Sampler, ScheduleChoice
from explorer.recipe.chain import following
from explorer.recipe.sample_count import usual_samples
from explorer.recipe.sampler import changed, with_usual, without_usual
from explorer.state.session import ChainState

_replace = msgspec.structs.replace


def fitting(sampler: Sampler, T: int | None) -> Sampler:
    """The sampler on a schedule of T timesteps: steps that are more than T become all of them. None is not known."""
    too_many = T is not None and sampler.steps is not None and sampler.steps > T
    return _replace(sampler, steps=None) if too_many else sampler


def lane_of(entry: LibraryEntry, sampler: Sampler | None = None) -> Lane:
    """A lane of a library entry.

    Parameters
    ----------
    sampler : Sampler, optional
        The one to keep, as far as the checkpoint's author does not sample otherwise; at most as many steps as its schedule has.
    """
    card = entry.card
    kept = fitting(sampler or Sampler(), schedule_length(entry))
    if card is None:
        return Lane(entry.sha256, entry.path, None, kept)
    if kept.variance == "learned" and not card.learned_variance:
        kept = _replace(kept, variance="small")
    return Lane(entry.sha256, entry.path, card.option, with_usual(kept, card.sampler.said), told=card.told)


def with_snapshot(lane: Lane, entry: LibraryEntry) -> Lane:
    """The lane at another moment of its run: all else, its edits too, kept."""
    told = entry.card.told if entry.card is not None else None
    return _replace(lane, checkpoint=entry.sha256, source=entry.path, told=told)


def plain(lane: Lane, entry: LibraryEntry | None = None) -> Lane:
    """The lane with its author's sampler, where the entry says one, on its network's own schedule, with the shared seed.

    Of each class in turn, unguided.
    """
    said = entry.card.sampler.said if entry is not None and entry.card is not None else {}
    return _replace(lane, sampler=with_usual(Sampler(), said), schedule=None, seed=None, labels=(), guidance=0.0)


def schedule_length(entry: LibraryEntry | None) -> int | None:
    """T of an entry's schedule, where it has one."""
    if entry is None or entry.card is None or entry.card.schedule is None:
        return None
    return entry.card.schedule.T


def with_lanes(state: ChainState, lanes: tuple[Lane, ...], follow: tuple[int | None, ...]) -> ChainState:
    """The state with other lanes.

    Parameters
    ----------
    follow : tuple of (int or None), length of the old lanes
        Where each old lane is now; None if it is gone.
    """

    def moved(index: int) -> int:
        target = follow[index] if index < len(follow) else None
        return target if target is not None else max(0, min(index, len(lanes) - 1))

    recipe = _replace(state.recipe, lanes=lanes)
    return _replace(state, recipe=recipe, lane=moved(state.lane), reference=moved(state.reference))


def add_lane(state: ChainState, lane: Lane, at: int | None = None) -> ChainState:
    """One more lane, at the end or at an index; the state as it is if there is no room."""
    lanes = state.recipe.lanes
    if len(lanes) >= MAX_LANES:
        return state
    place = len(lanes) if at is None else at
    follow = tuple(i if i < place else i + 1 for i in range(len(lanes)))
    return with_lanes(state, (*lanes[:place], lane, *lanes[place:]), follow)


def with_samples_for(state: ChainState, shape: tuple[int, int, int] | None) -> ChainState:
    """No more samples than are usual of images (C, H, W); the state as it is where these are not known."""
    most = state.recipe.samples if shape is None else min(state.recipe.samples, usual_samples(shape))
    if most == state.recipe.samples:
        return state
    also = tuple(sample for sample in state.also if sample < most)
    return _replace(state, recipe=_replace(state.recipe, samples=most), selected=min(state.selected, most - 1), also=also)


def shape_of(entry: LibraryEntry) -> tuple[int, int, int] | None:
    """(C, H, W) of an entry's images, where its card says it."""
    return None if entry.card is None else entry.card.data.shape


def chosen_sampler(lane: Lane, entries: Sequence[LibraryEntry]) -> Sampler:
    """The sampler that a person gave a lane: without what the author of its checkpoint does, which is nothing to another checkpoint."""
    of = next((entry for entry in entries if entry.sha256 == lane.checkpoint), None)
    return lane.sampler if of is None or of.card is None else without_usual(lane.sampler, of.card.sampler.said)


def add_entry(state: ChainState, entry: LibraryEntry, usual: Sampler | None = None, entries: Sequence[LibraryEntry] = ()) -> ChainState:
    """One more lane, of a library entry, with the sampler of the last, or else the usual one; the state as it is if there is no room.

    Of large images there are fewer samples then. `entries` are the checkpoints that are known.
    """
    lanes = state.recipe.lanes
    if len(lanes) >= MAX_LANES:
        return state
    return with_samples_for(add_lane(state, lane_of(entry, chosen_sampler(lanes[-1], entries) if lanes else usual)), shape_of(entry))


def open_entry(state: ChainState, entry: LibraryEntry, usual: Sampler | None = None, entries: Sequence[LibraryEntry] = ()) -> ChainState:
    """A library entry as the only lane, with the sampler that the first one has, or else the usual one; fewer samples of large images."""
    lanes = state.recipe.lanes
    alone = with_lanes(state, (lane_of(entry, chosen_sampler(lanes[0], entries) if lanes else usual),), (0,))
    return with_samples_for(alone, shape_of(entry))


def duplicate_lane(state: ChainState, index: int) -> ChainState:
    """A lane twice, side by side."""
    return add_lane(state, state.recipe.lanes[index], index + 1)


def remove_lane(state: ChainState, index: int) -> ChainState:
    """One lane less."""
    lanes = state.recipe.lanes
    follow = tuple(None if i == index else i - (i > index) for i in range(len(lanes)))
    return with_lanes(state, lanes[:index] + lanes[index + 1 :], follow)


def move_lane(state: ChainState, index: int, by: int) -> ChainState:
    """A lane further left (-1) or right (1); the state as it is at the edge."""
    lanes, target = list(state.recipe.lanes), index + by
    if not 0 <= target < len(lanes):
        return state
    lanes[index], lanes[target] = lanes[target], lanes[index]
    swapped = {index: target, target: index}
    return with_lanes(state, tuple(lanes), tuple(swapped.get(i, i) for i in range(len(lanes))))


def set_lane(state: ChainState, index: int, lane: Lane) -> ChainState:
    """Another lane in the same place."""
    lanes = state.recipe.lanes
    return with_lanes(state, (*lanes[:index], lane, *lanes[index + 1 :]), tuple(range(len(lanes))))


def alone(state: ChainState, index: int, sample: int, other: ChainState) -> ChainState:
    """Reverse chain's state (`other`) with a lane of Compare as its only one: the same noise, the same step, this sample selected.

    Branches that it has already are kept.
    """
    own = state.recipe
    recipe = _replace(other.recipe, lanes=(own.lanes[index],), seed=own.seed, samples=own.samples)
    return _replace(other, recipe=recipe, t=state.t, selected=sample, also=(), lane=0, reference=0)


def reset_lane(state: ChainState, index: int, entry: LibraryEntry | None = None) -> ChainState:
    """A lane as its checkpoint, whose entry that is, makes it."""
    return set_lane(state, index, plain(state.recipe.lanes[index], entry))


def set_snapshot(state: ChainState, index: int, entry: LibraryEntry) -> ChainState:
    """A lane at another moment of its run."""
    return set_lane(state, index, with_snapshot(state.recipe.lanes[index], entry))


def set_sampler(state: ChainState, index: int, **fields: object) -> ChainState:
    """Fields of one lane's sampler; what does not go with them is as usual (see `explorer.recipe.sampler.changed`)."""
    lane = state.recipe.lanes[index]
    return set_lane(state, index, following(_replace(lane, sampler=changed(lane.sampler, **fields))))


def set_schedule(state: ChainState, index: int, schedule: ScheduleChoice | None, own_length: int | None) -> ChainState:
    """Another schedule for one lane; steps that are more than its T become all of them.

    Parameters
    ----------
    own_length : int or None
        T of the network's own schedule, for None.
    """
    lane = state.recipe.lanes[index]
    sampler = fitting(lane.sampler, schedule.T if schedule is not None else own_length)
    return set_lane(state, index, _replace(lane, schedule=schedule, sampler=sampler))


def put_lane(state: ChainState, index: int, to: int) -> ChainState:
    """A lane taken out and put in at another place, the others keeping their order."""
    order = list(range(len(state.recipe.lanes)))
    order.insert(to, order.pop(index))
    lanes = tuple(state.recipe.lanes[i] for i in order)
    return with_lanes(state, lanes, tuple(order.index(i) for i in range(len(order))))


def set_all_steps(state: ChainState, steps: int | None, lengths: Sequence[int]) -> ChainState:
    """So many steps in every lane, all of them in one whose schedule has no more; None is all in every lane.

    Parameters
    ----------
    lengths : sequence of int
        T of each lane's schedule.
    """
    lanes = tuple(
        _replace(lane, sampler=_replace(lane.sampler, steps=None if steps is None or steps >= T else steps))
        for lane, T in zip(state.recipe.lanes, lengths, strict=True)
    )
    return with_lanes(state, lanes, tuple(range(len(lanes))))

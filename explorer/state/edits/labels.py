"""What a lane is told of classes: labels, guidance, and of a data set's process its class; state in, state out."""

from __future__ import annotations

import msgspec

from explorer.checkpoints.card import ClassesCard
from explorer.recipe import NO_CLASS, Lane
from explorer.state.edits import lanes as lane_edits
from explorer.state.session import ChainState

_replace = msgspec.structs.replace


def set_labels(state: ChainState, index: int, labels: tuple[int, ...]) -> ChainState:
    """Other labels for a lane; empty are all classes in turn. Of an exact lane it is the class, or all of them."""
    return lane_edits.set_lane(state, index, with_labels(state.recipe.lanes[index], labels))


def set_guidance(state: ChainState, index: int, w: float) -> ChainState:
    """Another weight of guidance for a lane."""
    return lane_edits.set_lane(state, index, _replace(state.recipe.lanes[index], guidance=w))


def one_of_each(state: ChainState, index: int, classes: int) -> ChainState:
    """As many samples as there are classes, each of another one."""
    told = set_labels(state, index, ())
    return _replace(told, recipe=_replace(told.recipe, samples=classes))


def with_labels(lane: Lane, labels: tuple[int, ...]) -> Lane:
    """The lane with other labels; an exact one is of the first, or of all."""
    if lane.exact is None:
        return _replace(lane, labels=labels)
    return _replace(lane, exact=_replace(lane.exact, label=labels[0] if labels else None))


def labels_of(lane: Lane) -> tuple[int, ...]:
    """What was said of a lane's labels, of an exact one's class; empty if nothing was."""
    if lane.exact is None:
        return lane.labels
    return () if lane.exact.label is None else (lane.exact.label,)


def kept(old: Lane, new: Lane, classes: ClassesCard | None) -> Lane:
    """`new`, a lane of a network of these classes, with as much of the labels and the guidance of `old` as it takes."""
    if classes is None or new.exact is not None:
        return new
    can_be_guided = classes.null_label is not None
    fits = all(label < classes.labels and (can_be_guided or label != NO_CLASS) for label in old.labels)
    return _replace(new, labels=old.labels if fits else (), guidance=old.guidance if can_be_guided else 0.0)

"""What a person can do to the objective: state in, state out."""

from __future__ import annotations

import msgspec

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.recipe import MAX_LANES, Lane
from explorer.recipe.objective import MAX_IMAGES, MAX_STRATA, STRATA
from explorer.state.objective import ObjectiveState
from explorer.state.session import Session

_replace = msgspec.structs.replace


def with_recipe(state: ObjectiveState, **fields: object) -> ObjectiveState:
    """Fields of the recipe."""
    return _replace(state, recipe=_replace(state.recipe, **fields))


def measured_on(state: ObjectiveState, dataset: str, split: str, read: Reading = AS_FOUND) -> ObjectiveState:
    """Other images, all of them; the first of the strip is selected."""
    return _replace(with_recipe(state, dataset=dataset, split=split, read=read, image=None), selected=0)


def add_lane(state: ObjectiveState, lane: Lane) -> ObjectiveState:
    """One more lane, before the last one, which the others are compared with; the state as it is if there is no room."""
    lanes = state.recipe.lanes
    if len(lanes) >= MAX_LANES or lane in lanes:
        return state
    return with_recipe(state, lanes=(*lanes[:-1], lane, *lanes[-1:]))


def remove_lane(state: ObjectiveState, index: int) -> ObjectiveState:
    """One lane less."""
    lanes = state.recipe.lanes
    return with_recipe(state, lanes=lanes[:index] + lanes[index + 1 :])


def compare_with(state: ObjectiveState, index: int) -> ObjectiveState:
    """A lane at the end: the others are compared with it."""
    lanes = state.recipe.lanes
    return with_recipe(state, lanes=(*lanes[:index], *lanes[index + 1 :], lanes[index]))


def set_clip(state: ObjectiveState, index: int, clip: bool) -> ObjectiveState:
    """Whether a lane's x0_hat is kept in [-1, 1]."""
    lanes = state.recipe.lanes
    lane = _replace(lanes[index], sampler=_replace(lanes[index].sampler, clip=clip))
    return with_recipe(state, lanes=(*lanes[:index], lane, *lanes[index + 1 :]))


def look_at(state: ObjectiveState, number: int, image: int) -> ObjectiveState:
    """One image of the strip alone."""
    return _replace(with_recipe(state, image=image), selected=number)


def with_flow(state: ObjectiveState, **fields: object) -> ObjectiveState:
    """Another way of following the probability-flow ODE (ValueError if there is none such)."""
    return _replace(state, flow=_replace(state.flow, **fields))


def more(state: ObjectiveState) -> ObjectiveState:
    """Twice as many images, or draws of the one."""
    return with_recipe(state, images=min(MAX_IMAGES, 2 * state.recipe.images))


def every_timestep(state: ObjectiveState, every: bool, T: int) -> ObjectiveState:
    """A bar for each of T timesteps, or as many strata as usual."""
    return with_recipe(state, strata=min(MAX_STRATA, max(2, T)) if every else STRATA)


def with_cursor(session: Session, t: int) -> Session:
    """The cursor here and in the chain workspaces, which show the state nearest to it."""
    return _replace(
        session, objective=_replace(session.objective, t=t), reverse=_replace(session.reverse, t=t), compare=_replace(session.compare, t=t)
    )

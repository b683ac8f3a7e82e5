"""What a person can do to a training step laid open: state in, state out."""

from __future__ import annotations

import msgspec

from explorer.recipe import Lane, Picture
from explorer.recipe.forward import ForwardImage
from explorer.recipe.step import MOST_UPDATES, StepRecipe
from explorer.recipe.told import NOTHING, Told
from explorer.state.training import LAST_LINE, TrainingState

_replace = msgspec.structs.replace


def with_step(state: TrainingState, **fields: object) -> TrainingState:
    """Fields of the step, in front; without an update where it is another step than before."""
    recipe: StepRecipe = _replace(state.recipe, **fields)
    if recipe != state.recipe and "updates" not in fields:
        recipe = _replace(recipe, updates=0)
    return _replace(state, recipe=recipe, page="step")


def of_network(state: TrainingState, checkpoint: str, source: str, told: Told | None) -> TrainingState:
    """The step of another network."""
    return with_step(state, checkpoint=checkpoint, source=source, told=told or NOTHING)


def of_lane(state: TrainingState, lane: Lane, t: int) -> TrainingState:
    """The step of a lane's network at a timestep of its chain, whole."""
    return _replace(with_step(of_network(state, lane.checkpoint, lane.source, lane.told), t=max(1, t)), line=LAST_LINE)


def choose_image(state: TrainingState, index: int, total: int) -> TrainingState:
    """A test image, of so many; the state as it is while none are known."""
    return with_step(state, image=ForwardImage(index % total)) if total else state


def take_picture(state: TrainingState, picture: Picture) -> TrainingState:
    """A picture of the person's in place of a test image."""
    return with_step(state, image=ForwardImage(picture=picture))


def update(state: TrainingState, count: int) -> TrainingState:
    """So many updates more, or less, of the copy; at least none."""
    return with_step(state, updates=min(max(state.recipe.updates + count, 0), MOST_UPDATES))


def go_to_line(state: TrainingState, line: int, last: int) -> TrainingState:
    """The cursor at a line of Algorithm 1, which has so many."""
    return _replace(state, line=min(max(line, 1), last))

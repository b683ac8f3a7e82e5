"""What a person can do in the Forward workspace: state in, state out."""

from __future__ import annotations

import msgspec

from explorer.datasets.reading import Reading
from explorer.diffusion.knots import Knot, moved, removed
from explorer.diffusion.schedule_shapes import added
from explorer.recipe import Picture
from explorer.recipe.forward import MAX_KNOTS, MAX_MODES, MODE_REACH, ForwardImage, ForwardSchedule, ShapeName
from explorer.recipe.training import TrainRecipe
from explorer.state.edits.branches import regrown
from explorer.state.edits.lanes import fitting
from explorer.state.forward import ForwardState
from explorer.state.session import Session

PLACES = 4
_replace = msgspec.structs.replace


def with_recipe(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of the recipe; the cursor stays on the schedule."""
    recipe = _replace(state.recipe, **fields)
    return _replace(state, recipe=recipe, t=min(state.t, recipe.schedule.T))


def go_to(state: ForwardState, t: int) -> ForwardState:
    """The cursor at t, or at the end of the schedule that is nearer."""
    return _replace(state, t=min(max(t, 0), state.recipe.schedule.T))


# --- the image ---


def choose_image(state: ForwardState, index: int, total: int) -> ForwardState:
    """A test image, of so many; after the last comes the first. The state as it is while none are known."""
    return with_recipe(state, image=_beside(state, index=index % total)) if total else state


def take_picture(state: ForwardState, picture: Picture) -> ForwardState:
    """A picture of the person's in place of a test image."""
    return with_recipe(state, image=_beside(state, picture=picture))


def choose_data(state: ForwardState, dataset: str, read: Reading, height: int, width: int) -> ForwardState:
    """The first test image of another data set, of images of that size; pixels beyond them move to their edge."""
    pixels = tuple((min(row, height - 1), min(column, width - 1)) for row, column in state.recipe.pixels)
    return with_recipe(state, image=ForwardImage(dataset=dataset, read=read), pixels=pixels)


def _beside(state: ForwardState, index: int = 0, picture: Picture | None = None) -> ForwardImage:
    """Another image beside the same data set."""
    image = state.recipe.image
    return ForwardImage(index, picture, image.dataset, image.read)


# --- schedules ---


def choose_shape(state: ForwardState, shape: ShapeName, knots: tuple[Knot, ...]) -> ForwardState:
    """A named schedule, or the bent one as it was; bent for the first time it goes through `knots`, control points on the one there is."""
    schedule = state.recipe.schedule
    kept = schedule.knots or _kept(knots)
    if shape == "bent" and not kept:
        return state
    return with_recipe(state, schedule=ForwardSchedule(shape, schedule.T, kept if shape == "bent" else schedule.knots))


def set_T(state: ForwardState, T: int) -> ForwardState:
    """Another number of timesteps; the cursor stays at its share of them."""
    schedule = state.recipe.schedule
    recipe = _replace(state.recipe, schedule=_replace(schedule, T=T))
    return _replace(state, recipe=recipe, t=min(round(state.t * T / schedule.T), T))


def drag_knot(state: ForwardState, knots: tuple[Knot, ...], index: int, u: float, level: float) -> ForwardState:
    """The schedule through `knots`, one of them dragged."""
    return _through(state, moved(knots, index, u, level)) if 0 <= index < len(knots) else state


def add_knot(state: ForwardState, knots: tuple[Knot, ...], u: float) -> ForwardState:
    """The schedule through `knots` and one more; the state as it is if there is no room."""
    return _through(state, added(knots, u)) if len(knots) < MAX_KNOTS else state


def remove_knot(state: ForwardState, knots: tuple[Knot, ...], index: int) -> ForwardState:
    """The schedule through `knots` without one; the first and the last stay."""
    return _through(state, removed(knots, index))


def _through(state: ForwardState, knots: tuple[Knot, ...]) -> ForwardState:
    if len(knots) < 2:
        return state
    return with_recipe(state, schedule=ForwardSchedule("bent", state.recipe.schedule.T, _kept(knots)))


def _kept(knots: tuple[Knot, ...]) -> tuple[Knot, ...]:
    """Control points to four decimals, as a command has them: what is trained is what is shown."""
    return tuple((round(u, PLACES), round(level, PLACES)) for u, level in knots)


def use_in_reverse_chain(session: Session) -> Session:
    """Reverse chain's lanes and all their branches over this schedule, and Reverse chain in front."""
    choice, reverse = session.forward.recipe.schedule.choice, session.reverse
    lanes = tuple(_replace(lane, schedule=choice, sampler=fitting(lane.sampler, choice.T)) for lane in reverse.recipe.lanes)
    walked = _replace(reverse, recipe=_replace(reverse.recipe, lanes=lanes), t=choice.T)
    if lanes:
        walked = regrown(reverse, walked)
    return _replace(session, reverse=walked, workspace="reverse-chain")


def use_in_training(session: Session) -> Session:
    """The form of a new run with this schedule, and Training in front; a model without one becomes a DDPM of Option C."""
    schedule, training = session.forward.recipe.schedule, session.training
    form: TrainRecipe = training.form
    form = _replace(
        form, model=form.model if form.is_ddpm else "C", schedule=schedule.shape, timesteps=schedule.T,
        knots=schedule.knots if schedule.shape == "bent" else (),
    )  # fmt: skip
    return _replace(session, training=_replace(training, form=form, asking=True), workspace="training")


# --- pixels, asides, the chain ---


def pick_pixel(state: ForwardState, which: int, row: int, column: int, height: int, width: int) -> ForwardState:
    """Another pixel as the first (0) or the second (1), within the test images of that size: the joint picture is of them."""
    pixels = list(state.recipe.pixels)
    pixels[which] = (min(row, height - 1), min(column, width - 1))
    return with_recipe(state, pixels=tuple(pixels))


def with_asides(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of the Gaussian asides."""
    return with_recipe(state, asides=_replace(state.recipe.asides, **fields))


def with_chain(state: ForwardState, **fields: object) -> ForwardState:
    """Fields of the one-dimensional chain."""
    return with_recipe(state, chain=_replace(state.recipe.chain, **fields))


def drag_mode(state: ForwardState, index: int, value: float) -> ForwardState:
    """A mode of q(x_0) elsewhere."""
    modes = list(state.recipe.chain.modes)
    if not 0 <= index < len(modes):
        return state
    modes[index] = _within_reach(value)
    return with_chain(state, modes=tuple(modes))


def add_mode(state: ForwardState, value: float) -> ForwardState:
    """One mode more; the state as it is if there is no room."""
    modes = state.recipe.chain.modes
    return with_chain(state, modes=(*modes, _within_reach(value))) if len(modes) < MAX_MODES else state


def remove_mode(state: ForwardState, index: int) -> ForwardState:
    """One mode less; one stays."""
    modes = state.recipe.chain.modes
    return with_chain(state, modes=modes[:index] + modes[index + 1 :]) if len(modes) > 1 else state


def _within_reach(value: float) -> float:
    return min(max(value, -MODE_REACH), MODE_REACH)

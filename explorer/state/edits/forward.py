"""What the person can do in the Forward workspace, one function a verb: each replaces the session's forward state."""

from __future__ import annotations

import secrets

import msgspec

from explorer.diffusion.knots import Knot, moved, removed
from explorer.diffusion.schedule_shapes import added
from explorer.recipe import Lane, Picture
from explorer.recipe.forward import MAX_KNOTS, MAX_MODES, MODE_REACH, ForwardImage, ForwardRecipe, ForwardSchedule, ShapeName
from explorer.recipe.training import TrainRecipe
from explorer.state.session import ChainState
from explorer.state.store import Store

SEED_BITS = 31
DATA_SIDE = 28
PLACES = 4
_replace = msgspec.structs.replace


def change(store: Store, label: str, merge: str = "", **fields: object) -> None:
    """Replace fields of the recipe."""
    recipe: ForwardRecipe = _replace(store.session.forward.recipe, **fields)
    state = store.session.forward
    store.update_forward(label, merge, recipe=recipe, t=min(state.t, recipe.schedule.T))


# --- the image ---


def choose_image(store: Store, index: int, total: int) -> None:
    """Noise a test image."""
    if total:
        change(store, f"test image {index % total}", image=ForwardImage(index % total))


def random_image(store: Store, total: int) -> None:
    """Noise any test image."""
    if total:
        choose_image(store, secrets.randbelow(total), total)


def take_picture(store: Store, picture: Picture) -> None:
    """Noise a picture of the person's."""
    change(store, f"noise {picture.name or 'a picture'}", image=ForwardImage(picture=picture))


def new_seed(store: Store) -> None:
    """Other noise."""
    change(store, "new seed", seed=secrets.randbits(SEED_BITS))


# --- schedules ---


def choose_shape(store: Store, shape: ShapeName, knots: tuple[Knot, ...]) -> None:
    """Take a named schedule, or bend the one there is, by control points on it; the bent one comes back as it was."""
    schedule = store.session.forward.recipe.schedule
    kept = schedule.knots or _kept(knots)
    if shape == "bent" and not kept:
        return
    change(store, f"{shape} schedule", schedule=ForwardSchedule(shape, schedule.T, kept if shape == "bent" else schedule.knots))


def set_T(store: Store, T: int) -> None:
    """Another number of timesteps; the cursor stays at its share of them."""
    state = store.session.forward
    schedule = state.recipe.schedule
    if T != schedule.T:
        recipe = _replace(state.recipe, schedule=_replace(schedule, T=T))
        store.update_forward(f"T = {T}", recipe=recipe, t=min(round(state.t * T / schedule.T), T))


def drag_knot(store: Store, knots: tuple[Knot, ...], index: int, u: float, level: float) -> None:
    """Bend the schedule; a whole drag is one change: end it with `Store.end_merge`."""
    if 0 <= index < len(knots):
        _put_knots(store, moved(knots, index, u, level), "bend the schedule", "forward.bend")


def add_knot(store: Store, knots: tuple[Knot, ...], u: float) -> None:
    """One control point more."""
    if len(knots) < MAX_KNOTS:
        _put_knots(store, added(knots, u), "add a control point")


def remove_knot(store: Store, knots: tuple[Knot, ...], index: int) -> None:
    """One control point less; two stay."""
    _put_knots(store, removed(knots, index), "remove a control point")


def _put_knots(store: Store, knots: tuple[Knot, ...], label: str, merge: str = "") -> None:
    if len(knots) > 1:
        change(store, label, merge, schedule=ForwardSchedule("bent", store.session.forward.recipe.schedule.T, _kept(knots)))


def _kept(knots: tuple[Knot, ...]) -> tuple[Knot, ...]:
    """Control points to four decimals, as a command has them: what is trained is what is shown."""
    return tuple((round(u, PLACES), round(level, PLACES)) for u, level in knots)


def use_in_reverse_chain(store: Store) -> None:
    """Walk Reverse chain's lane over this schedule, and show it."""
    choice = store.session.forward.recipe.schedule.choice
    state: ChainState = store.session.reverse
    lanes = tuple(_with_schedule(lane, choice) for lane in state.recipe.lanes)
    recipe = _replace(state.recipe, lanes=lanes)
    reverse = _replace(state, recipe=recipe, t=choice.T)
    store.update("use this schedule", reverse=reverse, workspace="reverse-chain")


def use_in_training(store: Store) -> None:
    """Fill the form of a new run with this schedule, and show it; a model without one becomes a DDPM of Option C."""
    schedule, training = store.session.forward.recipe.schedule, store.session.training
    form: TrainRecipe = training.form
    form = _replace(
        form, model=form.model if form.is_ddpm else "C", schedule=schedule.shape, timesteps=schedule.T,
        knots=schedule.knots if schedule.shape == "bent" else (),
    )  # fmt: skip
    store.update(training=_replace(training, form=form, asking=True), workspace="training")


def _with_schedule(lane: Lane, choice: object) -> Lane:
    steps, T = lane.sampler.steps, choice.T  # type: ignore[attr-defined]
    sampler = _replace(lane.sampler, steps=None) if steps is not None and steps > T else lane.sampler
    return _replace(lane, schedule=choice, sampler=sampler)


# --- pixels, asides, the chain ---


def pick_pixel(store: Store, which: int, row: int, column: int) -> None:
    """Look at another pixel."""
    pixels = list(store.session.forward.recipe.pixels)
    pixels[which] = (min(row, DATA_SIDE - 1), min(column, DATA_SIDE - 1))  # the joint picture is of the test images
    change(store, f"pixel {'ab'[which]}", f"forward.pixel.{which}", pixels=tuple(pixels))


def set_aside(store: Store, name: str, value: object) -> None:
    """A number of the Gaussian asides."""
    change(store, "Gaussian asides", f"forward.aside.{name}", asides=_replace(store.session.forward.recipe.asides, **{name: value}))


def set_chain(store: Store, name: str, value: object) -> None:
    """A number of the one-dimensional chain."""
    change(store, "one-dimensional chain", f"forward.chain.{name}", chain=_replace(store.session.forward.recipe.chain, **{name: value}))


def drag_mode(store: Store, index: int, value: float) -> None:
    """Move a mode of q(x_0)."""
    modes = list(store.session.forward.recipe.chain.modes)
    if 0 <= index < len(modes):
        modes[index] = min(max(value, -MODE_REACH), MODE_REACH)
        set_chain(store, "modes", tuple(modes))


def add_mode(store: Store, value: float) -> None:
    """One mode more, if there is room."""
    modes = store.session.forward.recipe.chain.modes
    if len(modes) < MAX_MODES:
        change(
            store,
            "add a mode",
            chain=_replace(store.session.forward.recipe.chain, modes=(*modes, min(max(value, -MODE_REACH), MODE_REACH))),
        )


def remove_mode(store: Store, index: int) -> None:
    """One mode less; one stays."""
    modes = store.session.forward.recipe.chain.modes
    if len(modes) > 1:
        change(store, "remove a mode", chain=_replace(store.session.forward.recipe.chain, modes=modes[:index] + modes[index + 1 :]))

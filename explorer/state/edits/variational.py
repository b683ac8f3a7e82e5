"""What a person can do in the Variational workspace: state in, state out."""

from __future__ import annotations

import msgspec

from explorer.recipe import Picture
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import (
    LEAST_SD,
    MAX_PARTS,
    MOST_CODE,
    MOST_CORRELATION,
    MOST_PROBE,
    MOST_SD,
    MOST_STEPS,
    REACH,
    Bump,
    CodeGaussian,
    Direction,
    FitRecipe,
    LadderRecipe,
)
from explorer.state.variational import VariationalState

_replace = msgspec.structs.replace
NEW_SD = 0.6


def fit_of(state: VariationalState) -> FitRecipe:
    """The densities that are shown."""
    return state.recipe.line if state.dimensions == "line" else state.recipe.plane


def with_fit(state: VariationalState, **fields: object) -> VariationalState:
    """Fields of what is fitted; the fit begins again, and a density that is gone is no longer selected."""
    fit: FitRecipe = _replace(fit_of(state), **fields)
    recipe = _replace(state.recipe, **{state.dimensions: fit})
    return _replace(state, recipe=recipe, step=0, handle=min(state.handle, len(fit.p)))


# --- densities


def bump(state: VariationalState, handle: int) -> Bump:
    """A density by its handle: 0 is q, k the k-th part of p."""
    fit = fit_of(state)
    return fit.q if handle == 0 or handle > len(fit.p) else fit.p[handle - 1]


def with_bump(state: VariationalState, handle: int, **fields: object) -> VariationalState:
    """Fields of a density, kept within reach; it is selected."""
    changed = _within(msgspec.structs.asdict(bump(state, handle)) | fields)
    fit = fit_of(state)
    if handle == 0 or handle > len(fit.p):
        return _replace(with_fit(state, q=changed), handle=0)
    parts = (*fit.p[: handle - 1], changed, *fit.p[handle:])
    return _replace(with_fit(state, p=parts), handle=handle)


def _within(fields: dict[str, object]) -> Bump:
    mean, sd = fields["mean"], fields["sd"]
    assert isinstance(mean, tuple)
    assert isinstance(sd, tuple)
    fields["mean"] = tuple(round(min(max(value, -REACH), REACH), 4) for value in mean)
    fields["sd"] = tuple(round(min(max(value, LEAST_SD), MOST_SD), 4) for value in sd)
    correlation = fields["correlation"]
    assert isinstance(correlation, float)
    fields["correlation"] = round(min(max(correlation, -MOST_CORRELATION), MOST_CORRELATION), 4)
    return Bump(**fields)  # type: ignore[arg-type]


def add_part(state: VariationalState, mean: tuple[float, ...]) -> VariationalState:
    """One part of p more, which is selected; the state as it is if there is no room."""
    parts = fit_of(state).p
    if len(parts) >= MAX_PARTS:
        return state
    new = _within({"mean": mean, "sd": (NEW_SD,) * len(mean), "correlation": 0.0, "weight": 1.0})
    return _replace(with_fit(state, p=(*parts, new)), handle=len(parts) + 1)


def remove_part(state: VariationalState, handle: int) -> VariationalState:
    """One part of p less; one stays, and q is none of them."""
    parts = fit_of(state).p
    if not 1 <= handle <= len(parts) or len(parts) == 1:
        return state
    return _replace(with_fit(state, p=parts[: handle - 1] + parts[handle:]), handle=0)


def follow(state: VariationalState, direction: Direction) -> VariationalState:
    """The other divergence is followed."""
    return state if direction == fit_of(state).direction else with_fit(state, direction=direction)


def select(state: VariationalState, count: int) -> VariationalState:
    """The next density, or the one before it."""
    return _replace(state, handle=(state.handle + count) % (len(fit_of(state).p) + 1))


def go_to(state: VariationalState, step: int) -> VariationalState:
    """The cursor at a step of the fit, or at the nearer end."""
    return _replace(state, step=min(max(step, 0), MOST_STEPS))


# --- the posterior of an image


def with_inference(state: VariationalState, **fields: object) -> VariationalState:
    """Fields of what the posterior is of."""
    return _replace(state, recipe=_replace(state.recipe, inference=_replace(state.recipe.inference, **fields)))


def choose_image(state: VariationalState, index: int, total: int) -> VariationalState:
    """A test image, of so many; q is the encoder's again. The state as it is while none are known."""
    return with_inference(state, image=ForwardImage(index % total), q=None) if total else state


def take_picture(state: VariationalState, picture: Picture) -> VariationalState:
    """A picture of the person's in place of a test image."""
    return with_inference(state, image=ForwardImage(picture=picture), q=None)


def drag_q(state: VariationalState, mean: tuple[float, float], sd: tuple[float, float], correlation: float) -> VariationalState:
    """The person's own q(z), kept within reach."""
    centre = tuple(min(max(value, -MOST_CODE), MOST_CODE) for value in mean)
    spread = tuple(min(max(value, 1e-3), MOST_CODE) for value in sd)
    q = CodeGaussian((centre[0], centre[1]), (spread[0], spread[1]), min(max(correlation, -0.99), 0.99))
    return with_inference(state, q=q)


# --- the terms of the ELBO


def with_elbo(state: VariationalState, **fields: object) -> VariationalState:
    """Fields of the model whose terms are shown; the first number of its code is selected."""
    return _replace(state, recipe=_replace(state.recipe, elbo=_replace(state.recipe.elbo, **fields)), unit=0)


def select_unit(state: VariationalState, unit: int, count: int) -> VariationalState:
    """A number of the code, of so many, counted round; the state as it is while none are known."""
    return _replace(state, unit=unit % count) if count else state


# --- the ladder


def with_ladder(state: VariationalState, **fields: object) -> VariationalState:
    """Fields of where one stands."""
    ladder: LadderRecipe = _replace(state.recipe.ladder, **fields)
    return _replace(state, recipe=_replace(state.recipe, ladder=ladder))


def climb(state: VariationalState, place: int, names: tuple[str, ...]) -> VariationalState:
    """The network at a place of the ladder, or at its nearer end; the state as it is while none are known."""
    return with_ladder(state, rung=names[min(max(place, 0), len(names) - 1)]) if names else state


def drag_probe(state: VariationalState, x: float, y: float) -> VariationalState:
    """The code that is decoded, kept within reach."""
    within = tuple(round(min(max(value, -MOST_PROBE), MOST_PROBE), 4) for value in (x, y))
    return with_ladder(state, probe=(within[0], within[1]))

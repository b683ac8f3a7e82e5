"""What a person can do in a chain workspace beside its lanes: the noise, and what is looked at; state in, state out."""

from __future__ import annotations

import msgspec

from explorer.recipe.quantities import QUANTITIES
from explorer.state.session import ChainState

_replace = msgspec.structs.replace


def with_recipe(state: ChainState, **fields: object) -> ChainState:
    """Fields of the recipe."""
    return _replace(state, recipe=_replace(state.recipe, **fields))


def of_one_lane(state: ChainState) -> ChainState:
    """The state without what one lane has not: a difference to another."""
    if QUANTITIES[state.quantity].beside == "lane":
        state = _replace(state, quantity="x_t")
    return _replace(state, plot="norms") if state.plot.startswith("distance") else state


def step_sample(state: ChainState, by: int) -> ChainState:
    """The sample after the selected one (1) or before it (-1); the same at the ends."""
    last = state.recipe.samples - 1
    return _replace(state, selected=max(0, min(min(state.selected, last) + by, last)), also=())


def toggle_log(state: ChainState) -> ChainState:
    """Curves on the other scale."""
    return _replace(state, log_curves=not state.log_curves)


def toggle_layout(state: ChainState) -> ChainState:
    """Lanes on sheets, or in the grid."""
    return _replace(state, layout="lanes" if state.layout == "grid" else "grid")


def look_inside(state: ChainState, **fields: object) -> ChainState:
    """How the U-Net is looked into."""
    return _replace(state, unet=_replace(state.unet, **fields))


def toggle_skip(state: ChainState, level: int) -> ChainState:
    """A skip connection of the U-Net switched off, or on again."""
    return look_inside(state, off=tuple(sorted(set(state.unet.off) ^ {level})))

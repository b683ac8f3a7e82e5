"""Which strip there is something for: undo may have taken away what the person last asked to see."""

from __future__ import annotations

from explorer.recipe import Point
from explorer.state.edits.latent import item_named
from explorer.state.session import LatentState, StripName
from explorer.views.latent import encoding


def strip_of(state: LatentState) -> StripName:
    """What the strip shows."""
    recipe = state.recipe
    there = {
        "stroke": True,
        "samples": recipe.prior is not None,
        "posterior": recipe.encoded.draws is not None and encoding.something(state),
        "paths": len(state.ends) == 2 and all(isinstance(item_named(recipe, name), Point) for name in state.ends),
    }
    return state.strip if there[state.strip] else "stroke"

"""What the Latent workspace shows of an exported picture's recipe."""

from __future__ import annotations

import msgspec

from explorer.recipe import PlaneRecipe, StrokeShape
from explorer.state.session import LatentState

BETWEEN: tuple[StrokeShape, ...] = ("line", "spherical", "geodesic")
"""Strokes of an export of the paths between two points."""


def with_opened(state: LatentState, recipe: PlaneRecipe) -> LatentState:
    """A state that shows what the picture showed: its stroke, paths, samples or draws in the strip, its manifold on the plane."""
    replace = msgspec.structs.replace
    state = replace(state, recipe=recipe, selected="", frame=0, strip="stroke", ends=(), sliced=0)
    if recipe.grid is not None:
        return replace(state, manifold=True)
    if recipe.chains is not None:
        chains = replace(recipe.chains, alone=None)
        return replace(state, recipe=replace(recipe, chains=chains), strip="chains", chain=recipe.chains.alone or 0)
    if recipe.prior is not None:
        return replace(state, strip="samples")
    if recipe.encoded.draws is not None:
        return replace(state, strip="posterior")
    if len(recipe.points) == 2 and tuple(stroke.shape for stroke in recipe.strokes) == BETWEEN:
        ends = tuple(point.name for point in recipe.points)
        return replace(state, recipe=replace(recipe, strokes=()), ends=ends, strip="paths")
    names = [stroke.name for stroke in recipe.strokes] + [point.name for point in recipe.points]
    return replace(state, selected=names[0] if names else "")

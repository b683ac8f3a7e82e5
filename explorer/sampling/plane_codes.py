"""The codes that a plane's recipe names: typed ones, a path, samples of the prior or a grid; to decode them, and once more from a file."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch

from explorer.engine.latent.plane import open_plane
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.latent.decoder import Decoder
from explorer.latent.geodesic import CODES, relax
from explorer.latent.interpolation import line, spherical
from explorer.latent.plane import cell_centres
from explorer.latent.prior import prior_codes
from explorer.latent.slices import PlaneSlice
from explorer.latent.strokes import resample
from explorer.models.roles import LatentModel
from explorer.recipe import PlaneRecipe, Slice
from explorer.recipe.told import Told

Way = Literal["line", "spherical", "geodesic"]


def plane_at(path: str, wanted: Slice, models: Models, told: Told | None = None) -> PlaneSlice:
    """The plane through the codes of the checkpoint at `path` (BadInput if there is none such)."""
    opening = open_plane(path, wanted, models, told)
    while True:
        try:
            next(opening)
        except StopIteration as end:
            found: PlaneSlice = end.value.slice
            return found


def lifted(places: np.ndarray, plane: PlaneSlice | None) -> np.ndarray:
    """Codes (M, d), float32, of places on a plane (M, 2); without one places are codes."""
    return np.asarray(places if plane is None else plane.lift(places), np.float32)


def way(kind: Way, ends: np.ndarray, frames: int, model: LatentModel, plane: PlaneSlice | None) -> np.ndarray:
    """Codes (frames, d), float32, from one end to the other.

    Parameters
    ----------
    ends : ndarray, shape (2, d), or (2, 2) on a plane
    frames : int
        At least 2; the ends are among them.
    """
    if kind == "spherical":
        first, last = lifted(ends, plane).astype(np.float64)
        return np.asarray(spherical(first, last, frames), np.float32)
    if kind == "line":
        return lifted(line(ends[0], ends[1], frames), plane)
    with torch.inference_mode():
        straight = torch.from_numpy(line(ends[0], ends[1], CODES)).to(next(model.parameters()))
        *_, relaxed = relax(Decoder(model, plane), straight)
    return lifted(resample(relaxed.path.double().cpu().numpy(), frames), plane)


def codes_of(recipe: PlaneRecipe, model: LatentModel, plane: PlaneSlice | None) -> np.ndarray:
    """Codes (M, d), float32, of what a recipe of `decode` names.

    Parameters
    ----------
    recipe : PlaneRecipe
        Of the prior's samples, a grid, one stroke that is a path, codes, or points.
    model : LatentModel
    plane : PlaneSlice or None
        That of the recipe's slice.

    Raises
    ------
    BadInput
        If it names nothing that can be decoded, or the model's codes have another number of dimensions.
    """
    code = model.config.code
    if recipe.prior is not None:
        return prior_codes(recipe.prior.seed, range(recipe.prior.count), code).numpy()
    if recipe.grid is not None:
        places = cell_centres(recipe.grid.extent, recipe.grid.columns, recipe.grid.rows)
    elif recipe.strokes:
        stroke = recipe.strokes[0]
        if stroke.shape == "free" or stroke.shape == "circle" or len(stroke.path) != 2:
            raise BadInput(f"{recipe.source}: the recipe's stroke is no path between two codes")
        ends = np.array(stroke.path)
        _check_dimensions(ends, code, plane, recipe.source)
        return way(stroke.shape, ends, stroke.frames, model, plane)
    else:
        places = np.array(recipe.codes or [(point.x, point.y) for point in recipe.points], float)
        if not len(places):
            raise BadInput(f"{recipe.source}: the recipe names no codes")
    _check_dimensions(places, code, None if recipe.codes else plane, recipe.source)
    return lifted(places, None if recipe.codes else plane)


def _check_dimensions(places: np.ndarray, code: int, plane: PlaneSlice | None, source: str) -> None:
    wanted = code if plane is None else 2
    if places.shape[1] != wanted:
        raise BadInput(f"{source}: has codes of {wanted} numbers, the recipe's have {places.shape[1]}")

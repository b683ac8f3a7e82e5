"""How a picture comes to be, as one frozen value without torch or Qt.

The same value is the window's state, a request to the engine, the arguments of `sample`, a session file and
the metadata of an export. Whoever adds a feature adds it here first.
"""

from __future__ import annotations

import msgspec

from explorer.errors import BadInput
from explorer.recipe.arithmetic import Arithmetic
from explorer.recipe.chain import (
    MAX_BRANCHES,
    MAX_LANES,
    MAX_SAMPLES,
    MAX_SEED,
    NO_CLASS,
    Branch,
    ChainRecipe,
    ExactProcess,
    Lane,
    OptionName,
    ScheduleChoice,
)
from explorer.recipe.dabs import Dab, Mask, Picture, coverage, mask_of, picture_of
from explorer.recipe.edits import BackUp, Change, Edit, FreshNoise, Inpaint, Paint, alive_at, with_edit
from explorer.recipe.encoded import DRAWN, Encoded
from explorer.recipe.forward import ForwardRecipe
from explorer.recipe.objective import BoundRecipe
from explorer.recipe.plane import (
    MAX_BESIDE,
    MAX_CELLS,
    MAX_CORNERS,
    MAX_FRAMES,
    MAX_PRIOR_SAMPLES,
    CodeChains,
    PlaneGrid,
    PlaneModel,
    PlaneRecipe,
    Point,
    PriorSamples,
    Slice,
    SliceKind,
    Spacing,
    Stroke,
    StrokeShape,
)
from explorer.recipe.sampler import MAX_STEPS, MethodName, Sampler, SpacingName, VarianceName
from explorer.recipe.shown import LayoutName, Shown
from explorer.recipe.step import StepRecipe

__all__ = [
    "DRAWN",
    "MAX_BESIDE",
    "MAX_BRANCHES",
    "MAX_CELLS",
    "MAX_CORNERS",
    "MAX_FRAMES",
    "MAX_LANES",
    "MAX_PRIOR_SAMPLES",
    "MAX_SAMPLES",
    "MAX_SEED",
    "MAX_STEPS",
    "NO_CLASS",
    "RECIPE_VERSION",
    "Arithmetic",
    "BackUp",
    "BoundRecipe",
    "Branch",
    "ChainRecipe",
    "Change",
    "CodeChains",
    "Dab",
    "Edit",
    "Encoded",
    "ExactProcess",
    "ForwardRecipe",
    "FreshNoise",
    "Inpaint",
    "Lane",
    "LayoutName",
    "Mask",
    "MethodName",
    "OptionName",
    "Paint",
    "Picture",
    "PlaneGrid",
    "PlaneModel",
    "PlaneRecipe",
    "Point",
    "PriorSamples",
    "Recipe",
    "Sampler",
    "ScheduleChoice",
    "Shown",
    "Slice",
    "SliceKind",
    "Spacing",
    "SpacingName",
    "StepRecipe",
    "Stroke",
    "StrokeShape",
    "VarianceName",
    "alive_at",
    "coverage",
    "decode_recipe",
    "encode_recipe",
    "mask_of",
    "picture_of",
    "with_edit",
]

RECIPE_VERSION = 1


class Recipe(msgspec.Struct, frozen=True):
    """Everything that determines a picture; its version is always written, whatever this app's is.

    Exports say their arithmetic; those of earlier versions and recipes that a person wrote do not.
    """

    version: int = RECIPE_VERSION
    chain: ChainRecipe | None = None
    plane: PlaneRecipe | None = None
    forward: ForwardRecipe | None = None
    shown: Shown | None = None
    arithmetic: Arithmetic | None = None
    step: StepRecipe | None = None


class _Version(msgspec.Struct):
    """Read first: a newer version may have another shape."""

    version: int = RECIPE_VERSION


def encode_recipe(recipe: Recipe) -> str:
    """JSON text of a recipe; one without a training step is, to the byte, what versions wrote that knew none."""
    told = msgspec.to_builtins(recipe)
    if recipe.step is None:
        del told["step"]
    return msgspec.json.encode(told).decode()


def decode_recipe(text: str | bytes, origin: str = "recipe") -> Recipe:
    """Recipe in a JSON text; `origin` is the file that the message names.

    Raises
    ------
    BadInput
        If it is not JSON, a field is missing or out of range, or its version is newer.
    """
    try:
        version = msgspec.json.decode(text, type=_Version).version
        if version == RECIPE_VERSION:
            return msgspec.json.decode(text, type=Recipe)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"{origin}: not a recipe: {error}") from None
    raise BadInput(f"{origin}: a recipe of version {version}; this app reads version {RECIPE_VERSION}")

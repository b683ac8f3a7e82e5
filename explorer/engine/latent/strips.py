"""What to ask for the strips of a plane's recipe: the same in the window and in `replay`. No torch."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.latent.chain_messages import WalkCodes
from explorer.engine.latent.messages import DrawCodes, EncodePicture, ShowGeodesic, ShowStroke
from explorer.errors import BadInput
from explorer.recipe import DRAWN, MAX_BESIDE, MAX_FRAMES, MAX_PRIOR_SAMPLES, PlaneRecipe, Slice, Stroke
from explorer.recipe.told import Told

Question = ShowStroke | DrawCodes | WalkCodes
MAX_PICTURES = (1 + MAX_BESIDE) * max(MAX_PRIOR_SAMPLES, MAX_FRAMES)
"""As many as the window can show."""


def encoding_of(recipe: PlaneRecipe, path: str, slice_: Slice | None) -> EncodePicture | None:
    """Request for a model's encoder; None where there is nothing to encode."""
    encoded = recipe.encoded
    if recipe.drawing:
        return EncodePicture(path, drawing=recipe.drawing, centre=encoded.centre, slice=slice_)
    if encoded.image is not None:
        return EncodePicture(path, index=encoded.image, centre=encoded.centre, slice=slice_)
    if encoded.picture:
        return EncodePicture(path, encoded.picture, resize=encoded.resize, centre=encoded.centre, slice=slice_, paper=encoded.background)
    return None


def stroke_question(path: str, stroke: Stroke, slice_: Slice | None, told: Told | None = None) -> ShowStroke:
    """Request for the decodings along a stroke."""
    return (ShowGeodesic if stroke.shape == "geodesic" else ShowStroke)(path, stroke, slice_, told)


def strip_questions(recipe: PlaneRecipe, paths: Sequence[str], ddpm: str = "") -> tuple[Question, ...]:
    """One question for each strip of an export; none where its recipe has no strip.

    Parameters
    ----------
    recipe : PlaneRecipe
        As an export has it: samples, draws, one stroke, or the strokes between two points.
    paths : sequence of str
        Checkpoints of its planes, the first one's first.
    ddpm : str
        That of its chains; they are of the first plane.

    Raises
    ------
    BadInput
        If they have more pictures than are put in one file.
    """
    questions = _questions(recipe, paths, ddpm)
    pictures = sum(map(_pictures, questions))
    if pictures > MAX_PICTURES:
        raise BadInput(f"its strips have {pictures:,} pictures: at most {MAX_PICTURES:,} are put in one file")
    return questions


def _pictures(question: Question) -> int:
    """In its strips."""
    if isinstance(question, DrawCodes):
        return question.count
    return question.stroke.frames if isinstance(question, ShowStroke) else 2 * (question.chains.steps + 1)


def _questions(recipe: PlaneRecipe, paths: Sequence[str], ddpm: str) -> tuple[Question, ...]:
    planes = tuple((path, model.slice, model.told) for path, model in zip(paths, recipe.models, strict=True))
    if recipe.chains is not None:
        (path, slice_, told), *_ = planes
        return (WalkCodes(path, ddpm, recipe.chains, slice_, told),)
    if recipe.prior is not None:
        count, seed = recipe.prior.count, recipe.prior.seed
        return tuple(DrawCodes(path, count, seed, slice=slice_, told=told) for path, slice_, told in planes)
    if recipe.encoded.draws is not None:
        seed = recipe.encoded.draws
        return tuple(DrawCodes(path, DRAWN, seed, encoding_of(recipe, path, slice_), slice_, told) for path, slice_, told in planes)
    if len(recipe.strokes) > 1:
        planes = planes[:1]
    return tuple(stroke_question(path, stroke, slice_, told) for stroke in recipe.strokes for path, slice_, told in planes)

"""What is encoded: a drawing, a test image or a picture file."""

from __future__ import annotations

from explorer.engine.messages import EncodePicture
from explorer.recipe import Dab, Slice
from explorer.state.session import LatentState


def wanted(state: LatentState, path: str, slice_: Slice | None, growing: tuple[Dab, ...] | None = None) -> EncodePicture | None:
    """Request for a model's encoder; None while there is nothing to encode.

    Parameters
    ----------
    state : LatentState
    path : str
        The checkpoint.
    slice_ : Slice or None
    growing : tuple of Dab or None
        The drawing with the mark that is under the pen.
    """
    drawing, encoded = state.recipe.drawing if growing is None else growing, state.recipe.encoded
    if drawing:
        return EncodePicture(path, drawing=drawing, centre=encoded.centre, slice=slice_)
    if encoded.image is not None:
        return EncodePicture(path, index=encoded.image, centre=encoded.centre, slice=slice_)
    if encoded.picture:
        return EncodePicture(path, encoded.picture, resize=encoded.resize, centre=encoded.centre, slice=slice_)
    return None


def something(state: LatentState) -> bool:
    """Whether anything is to be encoded."""
    recipe = state.recipe
    return bool(recipe.drawing) or recipe.encoded.image is not None or bool(recipe.encoded.picture)

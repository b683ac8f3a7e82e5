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
    drawing = state.recipe.drawing if growing is None else growing
    if drawing:
        return EncodePicture(path, drawing=drawing, centre=state.centre, slice=slice_)
    if state.image is not None:
        return EncodePicture(path, index=state.image, centre=state.centre, slice=slice_)
    if state.picture:
        return EncodePicture(path, state.picture, resize=state.resize, centre=state.centre, slice=slice_)
    return None


def something(state: LatentState) -> bool:
    """Whether anything is to be encoded."""
    return bool(state.recipe.drawing) or state.image is not None or bool(state.picture)

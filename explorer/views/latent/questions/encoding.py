"""What is encoded: a drawing, a test image or a picture file."""

from __future__ import annotations

from explorer.engine.latent.messages import EncodePicture
from explorer.engine.latent.strips import encoding_of
from explorer.recipe import Dab, Slice
from explorer.state.edits.encoding import draw
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
    recipe = draw(state, growing).recipe if growing else state.recipe
    return encoding_of(recipe, path, slice_)

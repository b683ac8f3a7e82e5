"""What is encoded: a drawing, a test image or a picture file."""

from __future__ import annotations

import msgspec

from explorer.engine.latent.messages import EncodePicture
from explorer.engine.latent.strips import encoding_of
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
    recipe = state.recipe if growing is None else msgspec.structs.replace(state.recipe, drawing=growing)
    return encoding_of(recipe, path, slice_)

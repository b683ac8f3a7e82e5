"""The picture that a request wants encoded: a file, a drawing or a test image, as the model's encoder takes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import read_picture
from explorer.datasets.reading import Reading
from explorer.datasets.shipped import is_dark, on_black
from explorer.engine.latent.codes import held_out_image
from explorer.engine.latent.messages import EncodePicture, PictureOffered
from explorer.errors import BadInput, about
from explorer.latent.picture import centred, fit_picture
from explorer.models.roles import LatentModel
from explorer.recipe.drawing import drawn


@dataclass(frozen=True, eq=False)
class Found:
    """A picture: what it is called, and its pixels (C, H, W) uint8 at the model's shape."""

    name: str
    pixels: np.ndarray


def picture_for(request: EncodePicture, checkpoint: Checkpoint) -> Found | PictureOffered:
    """What is to be encoded; an offer where it is a file of another size and `resize` is not asked for.

    Raises
    ------
    BadInput
        If the file cannot be read, or there is no such test image.
    """
    assert isinstance(checkpoint.network, LatentModel)
    shape = checkpoint.network.config.image_shape
    light_on_dark = is_dark(checkpoint.card.data.name)
    if request.index is not None:
        image = held_out_image(checkpoint, request.index, request.images)
        found = Found(f"test image {request.index}" + (f", {image.called}" if image.called else ""), image.pixels)
    elif request.drawing:
        found = Found("drawn", drawn(request.drawing, shape, on_black(checkpoint.card.data.name, shape[0])))
    else:
        if request.pixels is not None:
            name, raw = "drawn", np.atleast_3d(request.pixels).transpose(2, 0, 1)
        else:
            with about(request.picture):
                name, raw = Path(request.picture).name, read_picture(Path(request.picture), Reading(background=request.paper))
        if raw.shape[1:] != shape[1:] and not request.resize:
            return PictureOffered(request.path, name, (raw.shape[1], raw.shape[2]), (shape[1], shape[2]))
        with about(request.picture):
            try:
                found = Found(name, fit_picture(np.ascontiguousarray(raw, np.uint8), shape, light_on_dark))
            except ValueError as error:
                raise BadInput(f"{request.picture or 'drawn picture'}: {error}") from None
    if request.centre and shape[0] == 1:
        return Found(found.name, centred(found.pixels))
    return found

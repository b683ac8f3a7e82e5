"""The image to be noised: the test images to choose from, or a picture of the person's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.datasets.images import read_picture, to_unit_range
from explorer.datasets.reading import Reading
from explorer.datasets.shipped import is_dark, on_black
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.forward.messages import PictureTaken, ShowTestImages, TakePicture, TestImagesShown
from explorer.engine.forward.sources import labels_of, read_aside
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe.dabs import MAX_SIDE, picture_of
from explorer.recipe.drawing import drawn


def show_test_images(request: ShowTestImages, desk: Desk) -> Steps:
    """Answer a ShowTestImages; what lies beyond their ends is left out."""
    data = yield from read_aside(request.dataset, request.read)
    total = len(data.images)
    start = max(0, min(request.start, total - 1))
    part = slice(start, start + max(1, min(request.count, 256)))
    tiles = grey_tiles(to_unit_range(data.images[part]))
    yield TestImagesShown(start, read_only(tiles), read_only(labels_of(data)[part].copy()), total, data.image_shape, data.taken)


def take_picture(request: TakePicture, desk: Desk) -> Steps:
    """Answer a TakePicture (BadInput if it cannot be read, or has no picture's shape)."""
    shape = (yield from read_aside(request.dataset, request.read)).image_shape
    dark = is_dark(request.dataset)
    if request.drawing:
        name, raw = "drawing", drawn(request.drawing, shape, on_black(request.dataset, shape[0]))
    elif request.pixels is not None:
        name, raw = "pasted picture", np.ascontiguousarray(request.pixels.transpose(2, 0, 1))
    else:
        wanted = partial(read_picture, Path(request.path), Reading(background=request.paper))
        name, raw = Path(request.path).name, (yield from aside(wanted))
    try:
        fitted = picture_of(raw if raw.shape == shape else fit_picture(raw, shape, dark), name)
    except ValueError as error:
        raise BadInput(f"{request.path or name}: {error}") from None
    yield PictureTaken(name, (raw.shape[1], raw.shape[2]), fitted, picture_of(_smaller(raw), name), raw.shape[1:] == shape[1:])


def _smaller(raw: np.ndarray) -> np.ndarray:
    """The picture in its own shape, its longer side at most MAX_SIDE; grey if it has no colours."""
    if len(raw) == 3 and (raw == raw[:1]).all():
        raw = raw[:1]
    _, height, width = raw.shape
    scale = min(1.0, MAX_SIDE / max(height, width))
    if scale == 1.0:
        return raw
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.stack([np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX)) for plane in raw])

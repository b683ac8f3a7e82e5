"""What a request of the Forward workspace is about: its schedule, its x_0, and the images that it is seen beside."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.diffusion.schedule import Schedule
from explorer.engine.aside import aside
from explorer.engine.models.data_sets import stamp
from explorer.engine.models.predictors import chosen_schedule
from explorer.errors import BadInput
from explorer.recipe.dabs import MAX_SIDE
from explorer.recipe.forward import ForwardImage, ForwardSchedule


def schedule_of(choice: ForwardSchedule) -> Schedule:
    """Schedule of a recipe (BadInput if there is none such)."""
    return _cached_schedule(choice)


@lru_cache(maxsize=8)
def _cached_schedule(choice: ForwardSchedule) -> Schedule:
    return chosen_schedule(choice.choice)


def images_beside(dataset: str, read: Reading = AS_FOUND) -> ImageSet:
    """Test images of a data set; all images of one that has no splits. Read once, and again when its file changes.

    Raises
    ------
    BadInput
        If they cannot be read.
    """
    return _read(stamp(dataset), read)


def read_aside(dataset: str, read: Reading = AS_FOUND) -> Generator[None, None, ImageSet]:
    """As `images_beside`, returned; read by a thread of its own, with a None for each cancel point: a folder has many files."""
    return (yield from aside(partial(images_beside, dataset, read)))


@lru_cache(maxsize=2)
def _read(stamped: tuple[str, int, int], read: Reading) -> ImageSet:
    return load_images(stamped[0], "test", told=read)


def values_of(image: ForwardImage) -> Tensor:
    """x_0, (C, H, W) float32 in [-1, 1].

    Raises
    ------
    BadInput
        If there is no such test image, or it is too large to be noised.
    """
    if image.picture is None:
        data = images_beside(image.dataset, image.read)
        if image.index >= len(data.images):
            raise BadInput(f"{data.name}: there is no test image {image.index}: they are 0..{len(data.images) - 1}")
        _, height, width = data.image_shape
        if max(height, width) > MAX_SIDE:
            raise BadInput(f"{data.name}: its images are {height} × {width}; sides of at most {MAX_SIDE} pixels are noised here")
        return torch.from_numpy(to_unit_range(data.images[image.index]))
    return torch.from_numpy(to_unit_range(image.picture.array()))


def shape_words(shape: Sequence[int]) -> str:
    """For example "28 × 28 grey", or "32 × 32 coloured"."""
    channels, height, width = shape
    return f"{height} × {width} {'grey' if channels == 1 else 'coloured'}"


def labels_of(data: ImageSet) -> np.ndarray:
    """Classes (N,) uint8; zeros where there are none."""
    return data.labels if data.labels is not None else np.zeros(len(data.images), np.uint8)

"""What a request of the Forward workspace is about: its schedule, its x_0, and the images that it is seen beside."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.diffusion.schedule import Schedule
from explorer.engine.models.predictors import chosen_schedule
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage, ForwardSchedule

DATA_SHAPE = (1, 28, 28)

MOST_SIDE = 64
"""Of a picture that keeps its shape: the walk has T + 1 states of it."""


def schedule_of(choice: ForwardSchedule) -> Schedule:
    """Schedule of a recipe (BadInput if there is none such)."""
    return _cached_schedule(choice)


@lru_cache(maxsize=8)
def _cached_schedule(choice: ForwardSchedule) -> Schedule:
    return chosen_schedule(choice.choice)


def values_of(image: ForwardImage) -> Tensor:
    """x_0, (C, H, W) float32 in [-1, 1].

    Raises
    ------
    BadInput
        If there is no such test image, or the picture is too large to be noised.
    """
    if image.picture is None:
        data = load_images("mnist", "test")
        if image.index >= len(data.images):
            raise BadInput(f"there is no test image {image.index}: they are 0..{len(data.images) - 1}")
        return torch.from_numpy(to_unit_range(data.images[image.index]))
    array = image.picture.array()
    if max(array.shape[1:]) > MOST_SIDE:
        raise BadInput(f"{image.picture.name or 'the picture'}: its sides are at most {MOST_SIDE} pixels here; resize it")
    return torch.from_numpy(to_unit_range(array))


def labels_of(data: ImageSet) -> np.ndarray:
    """Classes (N,) uint8; zeros where there are none."""
    return data.labels if data.labels is not None else np.zeros(len(data.images), np.uint8)

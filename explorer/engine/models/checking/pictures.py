"""Known pictures of the shape of a network's images, into which noise is put."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from explorer.datasets.images import load_images, to_unit_range
from explorer.datasets.shipped import SHIPPED, ShippedData, shipped
from explorer.errors import BadInput
from explorer.paths import exists, expanded

COUNT = 16
COLOURS = (1, 3)
Shape = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Pictures:
    """Some of a data set.

    Attributes
    ----------
    name : str
        For people.
    images : Tensor, shape (16, C, H, W), float32 in [-1, 1]
    """

    name: str
    images: Tensor


def pictures_of(shape: Shape, person: Sequence[str] = ()) -> tuple[Pictures, ...]:
    """Pictures of that shape: of the data sets that have it, the person's first, then of those that come with the app, resized.

    None where images have other channels than grey or colours: what they show is not known.

    Parameters
    ----------
    shape : (C, H, W)
    person : sequence of str
        Data sets of the person's; of another shape, or such as cannot be read, they are passed over.
    """
    if shape[0] not in COLOURS:
        return ()
    own = sorted(SHIPPED.values(), key=lambda each: each.shape != shape)
    return (*_of_person(shape, person), *(_of_app(each, shape) for each in own))


def _of_person(shape: Shape, names: Sequence[str]) -> Iterator[Pictures]:
    for name in dict.fromkeys(names):
        if shipped(name) is not None:
            continue
        try:
            exists(expanded(name))
            held = load_images(name)
        except (BadInput, OSError, ValueError):
            continue
        if held.image_shape == shape and len(held.images) >= COUNT:
            yield Pictures(held.name, _some(held.images))


def _of_app(data: ShippedData, shape: Shape) -> Pictures:
    images = _some(load_images(data.name, "test").images)
    if data.shape == shape:
        return Pictures(data.title, images)
    if data.shape[0] != shape[0]:
        images = images.mean(1, keepdim=True) if shape[0] == 1 else images.expand(-1, shape[0], -1, -1)
    made = interpolate(images, shape[1:], mode="bilinear", antialias=True, align_corners=False).clamp(-1, 1)
    return Pictures(f"{data.title}, made {' × '.join(map(str, shape))}", made)


def _some(images: np.ndarray) -> Tensor:
    """Sixteen, spread over the set."""
    return torch.from_numpy(to_unit_range(images[:: max(1, len(images) // COUNT)][:COUNT]))

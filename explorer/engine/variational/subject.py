"""A latent model and an image of it: what the pages about an image begin with."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.datasets.shipped import is_dark, shipped
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.models.roles import LatentModel, decodes_only
from explorer.recipe.forward import ForwardImage
from explorer.recipe.told import Told

USUAL = "mnist-vae-2d"
"""The model where none is chosen."""


@dataclass(frozen=True)
class Subject:
    """A model, and an image of it.

    Attributes
    ----------
    name : str
        Of the model.
    model : LatentModel
    checkpoint : Checkpoint
    x : Tensor, shape (1, C, H, W)
        In [-1, 1], on the model's device.
    label : int
        -1 for none.
    """

    name: str
    model: LatentModel
    checkpoint: Checkpoint
    x: Tensor
    label: int


def opened(source: str, told: Told, models: Models) -> Generator[None, None, Checkpoint]:
    """A checkpoint with an encoder and a decoder (BadInput for another), the shipped VAE where `source` is empty."""
    checkpoint = yield from models.opened_aside(source or USUAL, told if source else None)
    if not isinstance(checkpoint.network, LatentModel) or decodes_only(checkpoint.network):
        raise BadInput(f"{checkpoint.path}: has no encoder and decoder, as a VAE has")
    return checkpoint


def subject(checkpoint: Checkpoint, image: ForwardImage, device: torch.device) -> Subject:
    """An image as a model takes it (BadInput if there is none)."""
    assert isinstance(checkpoint.network, LatentModel)
    pixels, label = _pixels(checkpoint, image)
    x = torch.from_numpy(to_unit_range(pixels[None])).to(device)
    return Subject(Path(checkpoint.path).stem, checkpoint.network, checkpoint, x, label)


def held_out(checkpoint: Checkpoint) -> ImageSet:
    """Test images of what a model was trained on (BadInput where there are none)."""
    name = checkpoint.card.data.name
    if shipped(name) is None:
        raise BadInput(f"{checkpoint.path}: was trained on {name}, of which no test images are known: draw a picture, or open one")
    return load_images(name, "test")


def _pixels(checkpoint: Checkpoint, image: ForwardImage) -> tuple[np.ndarray, int]:
    """The image (C, H, W) uint8 as the encoder takes it, and its label; -1 for none."""
    assert isinstance(checkpoint.network, LatentModel)
    shape = checkpoint.network.config.image_shape
    if image.picture is not None:
        try:
            return fit_picture(np.ascontiguousarray(image.picture.array(), np.uint8), shape, is_dark(checkpoint.card.data.name)), -1
        except ValueError as error:
            raise BadInput(f"{image.picture.name or 'the picture'}: {error}") from None
    data = held_out(checkpoint)
    if image.index >= len(data.images):
        raise BadInput(f"{data.name}: there is no test image {image.index}: they are 0..{len(data.images) - 1}")
    return data.images[image.index], int(data.labels[image.index]) if data.labels is not None else -1

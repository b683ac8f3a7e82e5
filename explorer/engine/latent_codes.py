"""The test images' codes, encoded once for each network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.errors import BadInput
from explorer.models.autoencoder import Autoencoder

ENCODING_BLOCK = 500
"""Encodings between two cancel points: each is a turn in which other work takes one too."""


class Models(Protocol):
    """What the plane's handlers need of the engine's models."""

    device: torch.device

    def checkpoint(self, source: str) -> Checkpoint:
        """Checkpoint in a file, its network on the device."""
        ...

    def judge(self) -> nn.Module | None:
        """The digit classifier, or None where there is none."""
        ...


@dataclass(frozen=True, eq=False)
class ImageCodes:
    """Codes of test images.

    Attributes
    ----------
    means : ndarray, shape (N, code), float32
    sigmas : ndarray, shape (N, code), float32, or None for an AE
    labels : ndarray, shape (N,), uint8, or None
    """

    means: np.ndarray
    sigmas: np.ndarray | None
    labels: np.ndarray | None


_known: WeakKeyDictionary[nn.Module, ImageCodes] = WeakKeyDictionary()


def held_out_images(checkpoint: Checkpoint) -> ImageSet | None:
    """Test images of a checkpoint's data set; None where they are not on this machine or of another shape."""
    assert isinstance(checkpoint.network, Autoencoder)
    try:
        known = load_images(checkpoint.card.data.name, "test")
    except BadInput:
        return None
    return known if known.image_shape == checkpoint.network.config.image_shape else None


def held_out_image(checkpoint: Checkpoint, index: int) -> tuple[np.ndarray, int | None]:
    """Pixels (C, H, W) uint8 and class of one test image (BadInput if there is none of that number)."""
    known = held_out_images(checkpoint)
    if known is None or not 0 <= index < len(known.images):
        raise BadInput(f"{checkpoint.path}: there is no test image {index} of its data on this machine")
    return known.images[index], None if known.labels is None else int(known.labels[index])


def codes_of(checkpoint: Checkpoint, device: torch.device, limit: int = 10_000) -> Iterator[ImageCodes | None]:
    """Codes of the test images, last; None at cancel points. No codes where there are no images."""
    model = checkpoint.network
    assert isinstance(model, Autoencoder)
    found = _known.get(model)
    if found is None or len(found.means) < limit:
        known = held_out_images(checkpoint)
        count, code = 0 if known is None else min(limit, len(known.images)), model.config.code
        means = np.empty((count, code), np.float32)
        sigmas = np.empty_like(means) if model.config.variational else None
        for start in range(0, count, ENCODING_BLOCK):
            assert known is not None
            block = slice(start, min(count, start + ENCODING_BLOCK))
            mean, log_variance = model.encode(torch.from_numpy(to_unit_range(known.images[block])).to(device))
            means[block] = mean.float().cpu().numpy()
            if sigmas is not None and log_variance is not None:
                sigmas[block] = (0.5 * log_variance).exp().float().cpu().numpy()
            yield None
        labels = None if known is None or known.labels is None else np.ascontiguousarray(known.labels[:count])
        found = ImageCodes(means, sigmas, labels)
        for array in (means, sigmas, labels):
            if array is not None:
                array.setflags(write=False)
        _known[model] = found
    yield found if len(found.means) <= limit else _first(found, limit)


def _first(codes: ImageCodes, limit: int) -> ImageCodes:
    parts = (None if part is None else np.ascontiguousarray(part[:limit]) for part in (codes.means, codes.sigmas, codes.labels))
    means, sigmas, labels = parts
    assert means is not None
    return ImageCodes(means, sigmas, labels)

"""The test images' codes, encoded once for each network."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch

from explorer.checkpoints.card import UNSAID
from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.datasets.shipped import class_words
from explorer.datasets.stand_in import stand_in
from explorer.engine.aside import aside
from explorer.engine.latent.batches import batch
from explorer.engine.latent.messages import ImagesAt
from explorer.errors import BadInput
from explorer.models.roles import LatentModel, decodes_only

ENCODING_BLOCK = 500
"""Encodings of MNIST's size between two cancel points: each is a turn in which other work takes one too."""

WORK = 4e12
"""Weights times pixels of all that is encoded for one plane: about half a minute of two processor cores."""
LEAST_IMAGES, MOST_IMAGES = 12, 10_000


@dataclass(frozen=True, eq=False)
class ImageCodes:
    """Codes of test images.

    Attributes
    ----------
    means : ndarray, shape (N, code), float32
    sigmas : ndarray, shape (N, code), float32, or None for an AE
    labels : ndarray, shape (N,), uint8, or None
    name : str
        Of their data set; empty without images.
    whole : bool
        There are no more.
    """

    means: np.ndarray
    sigmas: np.ndarray | None
    labels: np.ndarray | None
    name: str = ""
    whole: bool = True


_known: WeakKeyDictionary[LatentModel, tuple[ImagesAt | None, ImageCodes]] = WeakKeyDictionary()


def held_out_images(checkpoint: Checkpoint, images: ImagesAt | None = None) -> ImageSet | None:
    """Test images of a checkpoint's data set, or the images named; None where they cannot be read or are of another shape.

    Of one that does not say its data, those that stand in for it: as many as can be encoded in half a minute.
    """
    assert isinstance(checkpoint.network, LatentModel)
    shape = checkpoint.network.config.image_shape
    if decodes_only(checkpoint.network):
        return None
    try:
        if images is None and checkpoint.card.data.name == UNSAID:
            return stand_in(shape, _affordable(checkpoint.network))
        known = load_images(checkpoint.card.data.name, "test") if images is None else _read(images, shape[1], _changed(images))
    except BadInput:
        return None
    return known if known.image_shape == shape else None


def _affordable(model: LatentModel) -> int:
    if len(model.config.code_shape) == 1:
        return MOST_IMAGES
    weights = sum(weight.numel() for weight in model.parameters())
    pixels = model.config.image_shape[1] * model.config.image_shape[2]
    return min(MOST_IMAGES, max(LEAST_IMAGES, int(WORK / (weights * pixels))))


def _changed(images: ImagesAt) -> int:
    try:
        return os.stat(images.path).st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=2)
def _read(images: ImagesAt, side: int, _changed: int) -> ImageSet:
    return load_images(images.path, "test", side if os.path.isdir(images.path) else None, images.fit, images.read)


class HeldOut(NamedTuple):
    """A test image: pixels (C, H, W) uint8, and what its data set calls its class: "digit 7"; empty without one."""

    pixels: np.ndarray
    called: str


def held_out_image(checkpoint: Checkpoint, index: int, images: ImagesAt | None = None) -> HeldOut:
    """One test image (BadInput if there is none of that number)."""
    known = held_out_images(checkpoint, images)
    if known is None or not 0 <= index < len(known.images):
        raise BadInput(f"{checkpoint.path}: there is no test image {index} of its data on this machine")
    label = None if known.labels is None else int(known.labels[index])
    return HeldOut(known.images[index], "" if label is None else class_words(known.name, label))


def codes_of(
    checkpoint: Checkpoint, device: torch.device, limit: int = 10_000, images: ImagesAt | None = None
) -> Generator[ImageCodes | None, None, None]:
    """Codes of the test images, last; None at cancel points. No codes where there are no images."""
    model = checkpoint.network
    assert isinstance(model, LatentModel)
    of, found = _known.get(model, (None, None))
    if found is None or of != images or not (found.whole or len(found.means) >= limit):
        known = yield from aside(partial(held_out_images, checkpoint, images))
        count, code = 0 if known is None else min(limit, len(known.images)), model.config.code
        means = np.empty((count, code), np.float32)
        sigmas = np.empty_like(means) if model.config.variational else None
        step = batch(model, ENCODING_BLOCK)
        for start in range(0, count, step):
            assert known is not None
            block = slice(start, min(count, start + step))
            mean, log_variance = model.encode(torch.from_numpy(to_unit_range(known.images[block])).to(device))
            means[block] = mean.float().cpu().numpy()
            if sigmas is not None and log_variance is not None:
                sigmas[block] = (0.5 * log_variance).exp().float().cpu().numpy()
            yield None
        labels = None if known is None or known.labels is None else np.ascontiguousarray(known.labels[:count])
        whole = known is None or count == len(known.images)
        found = ImageCodes(means, sigmas, labels, "" if known is None else known.name, whole)
        for array in (means, sigmas, labels):
            if array is not None:
                array.setflags(write=False)
        _known[model] = images, found
    yield found if len(found.means) <= limit else _first(found, limit)


def _first(codes: ImageCodes, limit: int) -> ImageCodes:
    parts = (None if part is None else np.ascontiguousarray(part[:limit]) for part in (codes.means, codes.sigmas, codes.labels))
    means, sigmas, labels = parts
    assert means is not None
    return ImageCodes(means, sigmas, labels, codes.name, False)

"""What the digit classifier says of decodings, and numbers out of tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from explorer.models.roles import ImageReader


def read_digits(judge: ImageReader, images: Tensor) -> list[tuple[tuple[int, float], ...]]:
    """Classes with their probabilities, best first, of images (N, C, H, W) in [-1, 1]."""
    best, classes = judge(images).float().softmax(1).sort(dim=1, descending=True)
    pairs: Sequence[tuple[list[int], list[float]]] = list(zip(classes.tolist(), best.tolist(), strict=True))
    return [tuple(zip(c, p, strict=True)) for c, p in pairs]


def readable(judge: ImageReader, images: Tensor) -> bool:
    """Whether the images (N, C, H, W) are of the shape that the classifier was trained on."""
    return tuple(images.shape[1:]) == judge.image_shape


def place(places: np.ndarray) -> tuple[float, float]:
    """First of places (N, 2), as plain numbers."""
    x, y = places[0].tolist()
    return x, y


def to_numpy(tensor: Tensor) -> np.ndarray:
    """Float32 array on the CPU."""
    return tensor.float().cpu().numpy()

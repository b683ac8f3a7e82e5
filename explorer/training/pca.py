"""Fitting PCA: the exact solution, in one pass over the images."""

from __future__ import annotations

import numpy as np
import torch

from explorer.checkpoints.card import FORMAT_VERSION, Card, NetworkCard, TrainingCard
from explorer.datasets.images import ImageSet, to_unit_range
from explorer.errors import BadInput
from explorer.models.pca import Pca, PcaConfig
from explorer.training.cards import config_dict, data_card

BLOCK = 5000
MAX_PIXELS = 3 * 64 * 64
"""Of an image: the covariance holds their square, and its eigenvectors as much again."""


def fit(data: ImageSet, code: int, images: int | None = None, command: str = "") -> tuple[Card, Pca]:
    """Network of the `code` largest principal components of the images, with its card.

    The components are the first right singular vectors of the centred images in [-1, 1], found as eigenvectors of their
    covariance in float64; each points to where its largest loading is positive. No autoencoder with linear layers has a
    smaller squared error (Baldi and Hornik 1989).

    Parameters
    ----------
    data : ImageSet
    code : int
        Components.
    images : int or None
        Only the first so many.
    command : str
        What was typed, for the card.

    Raises
    ------
    BadInput
        If there are fewer than two images, or they have fewer pixels than there are components.
    """
    pictures = data.images[:images]
    channels, height, width = data.image_shape
    if len(pictures) < 2:
        raise BadInput(f"{data.name}: principal components need at least 2 images, not {len(pictures)}")
    pixels = channels * height * width
    if pixels > MAX_PIXELS:
        raise BadInput(f"{data.name}: principal components of {pixels} pixels an image take too much memory; at most {MAX_PIXELS}")
    mean, covariance = _moments(pictures)
    if not covariance.any():
        raise BadInput(f"{data.name}: its images are all alike, and have no principal components")
    values, vectors = np.linalg.eigh(covariance)
    variance = max(float(values[: len(values) - code].sum()) / len(values) / 4, 1e-9)  # pixels in [0, 1] vary a quarter as much
    try:
        config = PcaConfig(channels, height, code, variance, columns=0 if width == height else width)
    except ValueError as error:
        raise BadInput(f"{data.name}: {error}") from None
    components = vectors[:, ::-1][:, :code].T
    largest = np.abs(components).argmax(1)
    components = components * np.sign(components[np.arange(code), largest])[:, None]
    training = TrainingCard(
        images_seen=len(pictures), epochs=1, batch=len(pictures), optimizer="none: eigenvectors of the covariance, float64",
        seed=0, ema=0.0, loss="squared error", precision="fp32", command=command,
        notes=f"{code} components hold {1 - values[: len(values) - code].sum() / values.sum():.2%} of the training images' variance.",
    )  # fmt: skip
    card = Card(FORMAT_VERSION, "ae", NetworkCard("pca", config_dict(config)), data_card(data), training=training)
    return card, _network(config, mean, components)


def _moments(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (P,) and covariance (P, P) of the images in [-1, 1], float64."""
    pixels = int(np.prod(pictures.shape[1:]))
    total, squares = np.zeros(pixels), np.zeros((pixels, pixels))
    for start in range(0, len(pictures), BLOCK):
        block = to_unit_range(pictures[start : start + BLOCK]).reshape(-1, pixels).astype(np.float64)
        total += block.sum(0)
        squares += block.T @ block
    mean = total / len(pictures)
    return mean, squares / len(pictures) - np.outer(mean, mean)


def _network(config: PcaConfig, mean: np.ndarray, components: np.ndarray) -> Pca:
    network = Pca(config)
    weights = {
        "encoder.weight": components, "encoder.bias": -components @ mean,
        "decoder.weight": components.T, "decoder.bias": mean,
    }  # fmt: skip
    network.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(array)).float() for name, array in weights.items()})
    return network.requires_grad_(False).eval()

"""How many images an encoder or a decoder takes at a time: large ones cost memory, and the person waits for the next cancel point."""

from __future__ import annotations

from explorer.models.roles import LatentModel

PIXELS = 100 * 28 * 28
"""Of images of one batch, whatever their channels: a hundred of MNIST's."""


def batch(model: LatentModel, most: int) -> int:
    """Images of a model that are encoded or decoded at a time: `most` of MNIST's size, fewer of larger ones, at least 1."""
    _, height, width = model.config.image_shape
    return max(1, min(most, most * PIXELS // (100 * height * width)))

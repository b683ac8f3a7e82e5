"""Parts of model cards that every kind of training writes alike."""

from __future__ import annotations

from typing import Any

import msgspec

from explorer.checkpoints.card import DataCard
from explorer.datasets.images import ImageSet


def data_card(data: ImageSet) -> DataCard:
    """What the card says of the data; networks see it scaled to [-1, 1]."""
    return DataCard(data.name, data.image_shape, (-1.0, 1.0), data.sha256, data.taken)


def config_dict(config: Any) -> dict[str, Any]:
    """A network's configuration as plain JSON values."""
    values: dict[str, Any] = msgspec.to_builtins(config)
    return values

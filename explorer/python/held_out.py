"""The images that a call from Python measures a model on: of its own data set, of another, or an array."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from explorer.errors import BadInput
from explorer.python.given import reading_given
from explorer.python.images import pixels_given

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint
    from explorer.datasets.images import ImageSet

Split = Literal["test", "train"]
Data = str | Path | np.ndarray
"""A data set's name or path, or images as an array."""


def measured_on(checkpoint: Checkpoint, data: Data | None, split: Split, read: Mapping[str, str] | None, least: int = 1) -> ImageSet:
    """Images of the model's shape, at least so many.

    Raises
    ------
    BadInput
        If they cannot be read, are of another shape or too few, or the model's own are not here.
    """
    from explorer.datasets.images import ImageSet
    from explorer.evaluation.vlb import check_own_data, images_for

    reading, own = reading_given(read), checkpoint.card.data
    if isinstance(data, str | Path) or data is None:
        if data is None:
            check_own_data(checkpoint, "give data")
        known = images_for(own.name if data is None else str(data), split, own.shape, reading)
    else:
        known = ImageSet("an array", pixels_given(data, own.shape, str(checkpoint.path)), None, "")
    if len(known.images) < least:
        raise BadInput(f"{known.name}: holds {len(known.images)} image, and an estimate with its standard error takes {least} or more")
    return known


def checked_count(images: int, known: ImageSet, least: int = 1) -> int:
    """How many are measured: at most as many as there are (BadInput if that cannot be)."""
    if images < least:
        raise BadInput(f"images must be at least {least}, not {images}")
    return min(images, len(known.images))

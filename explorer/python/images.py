"""Images as the calls from Python are given them: files, test images, arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from explorer.errors import BadInput

Image = str | Path | np.ndarray
"""The file of a picture, a test image as "mnist:7", or an array."""
ALLOWED = "images are uint8, or floats in [-1, 1]"
FARTHEST = 8.0
"""No state of a chain is so far out, and an image from 0 to 255 is farther."""


def pixels_given(images: np.ndarray, shape: tuple[int, int, int], name: str) -> np.ndarray:
    """Images (N, C, H, W), uint8, of an array of one or several: (C, H, W), (H, W, C), or of one channel (H, W), with N before it or not.

    Parameters
    ----------
    images : ndarray
        uint8, or floats in [-1, 1], which are rounded to the nearest of 256 values; what lies a little beyond is clipped.
    shape : (C, H, W)
        Of the model's images.
    name : str
        Whose they are, for messages.

    Raises
    ------
    BadInput
        If they are of another shape or kind, there are none, or a number is not finite.
    """
    from explorer.exports.pixels import as_uint8

    found = rows_of(array_given(images, name), shape, name)
    if found.dtype == np.uint8:
        return found
    return as_uint8(_in_range(found, name))


def values_given(images: Image | Sequence[Image], shape: tuple[int, int, int], name: str, data: str) -> np.ndarray:
    """Images (N, C, H, W), float32 in [-1, 1]: arrays as `pixels_given`, but not rounded; pictures are made to fit.

    Parameters
    ----------
    data : str
        What the model was trained on: digits are light on dark.

    Raises
    ------
    BadInput
        As `pixels_given`, or if a picture cannot be read.
    """
    from explorer.datasets.images import to_unit_range
    from explorer.sampling.starts import picture_named

    if isinstance(images, str | Path):
        return to_unit_range(picture_named(str(images), shape, data).array()[None])
    if isinstance(images, list | tuple) and any(isinstance(each, str | Path) for each in images):
        return np.concatenate([values_given(each, shape, name, data) for each in images])
    found = rows_of(array_given(images, name), shape, name)
    if found.dtype == np.uint8:
        return to_unit_range(found)
    return _in_range(found, name).clip(-1, 1)


def number_in(given: Image) -> int:
    """How many images it is, as far as its axes say so without the shape of a model's."""
    if isinstance(given, str | Path):
        return 1
    axes = np.asarray(given).shape
    several = len(axes) == 4 or (len(axes) == 3 and not {axes[0], axes[-1]} & {1, 3})
    return axes[0] if several else 1


def array_given(given: object, name: str, wanted: str = "takes images of one shape, as an array") -> np.ndarray:
    """What was given as an array (BadInput if it is none; `wanted` says what it should be)."""
    try:
        return np.asarray(given)
    except (TypeError, ValueError):
        raise BadInput(f"{name}: {wanted}") from None


def rows_of(array: np.ndarray, shape: tuple[int, int, int], name: str) -> np.ndarray:
    """The array as (N, C, H, W), N at least 1 (BadInput if it cannot be)."""
    channels, height, width = shape
    last = (height, width, channels)
    if array.shape[-3:] == shape and array.ndim in (3, 4):
        found = array.reshape(-1, *shape)
    elif array.shape[-3:] == last and array.ndim in (3, 4):
        found = np.moveaxis(array.reshape(-1, *last), -1, 1)
    elif channels == 1 and array.shape[-2:] == (height, width) and array.ndim in (2, 3):
        found = array.reshape(-1, *shape)
    else:
        raise BadInput(f"{name}: takes images of shape {shape}, one or several; the array's shape is {array.shape}")
    if not len(found):
        raise BadInput(f"{name}: there are no images in the array")
    return np.ascontiguousarray(found)


def _in_range(array: np.ndarray, name: str) -> np.ndarray:
    """Images as float32, which samplers leave a little beyond [-1, 1] (BadInput if they are on another scale, such as 0 to 255)."""
    found = floats(array, name, ALLOWED)
    if (largest := float(abs(found).max())) > FARTHEST:
        raise BadInput(f"{name}: the array has values up to {largest:g}; {ALLOWED}")
    return found


def floats(array: np.ndarray, name: str, allowed: str) -> np.ndarray:
    """The array as float32 (BadInput if it is of other numbers, or one is not finite)."""
    if array.dtype.kind != "f":
        raise BadInput(f"{name}: the array is of {array.dtype} numbers; {allowed}")
    found: np.ndarray = array.astype(np.float32)
    if not np.isfinite(found).all():
        raise BadInput(f"{name}: there are numbers in the array that are not finite")
    return found

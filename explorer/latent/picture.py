"""Any picture made into what an encoder expects: its size, its channels, light strokes on black."""

from __future__ import annotations

import numpy as np
from PIL import Image

MAX_SIDE = 8192


def fit_picture(picture: np.ndarray, shape: tuple[int, int, int], dark_ground: bool = True) -> np.ndarray:
    """Picture at the shape of a model's images.

    A picture of the right shape comes back as it is. Another is made grey or colour, put in a square of the
    colour of its border, and averaged down (or interpolated up) to the size. With `dark_ground` one with a
    light border (ink on paper) is inverted, since the data has light strokes on black.

    Parameters
    ----------
    picture : ndarray, shape (C, H, W), uint8
        C is 1 or 3.
    shape : (C, H, W)
        Of the model's images.

    Returns
    -------
    ndarray of `shape`, uint8

    Raises
    ------
    ValueError
        If it has no pixels, or more than `MAX_SIDE` on a side.
    """
    channels, height, width = shape
    if picture.ndim != 3 or picture.shape[0] not in (1, 3) or not 1 <= min(picture.shape[1:]) <= max(picture.shape[1:]) <= MAX_SIDE:
        raise ValueError(f"a picture has shape (1 or 3, H, W) with sides in 1..{MAX_SIDE}, not {picture.shape}")
    array = _with_channels(picture, channels)
    border = np.concatenate([array[:, 0], array[:, -1], array[:, :, 0], array[:, :, -1]], axis=1)
    ground = np.median(border, axis=1).astype(np.uint8)
    if array.shape != shape:
        array = _squared(array, ground, height / width)
        planes = [np.asarray(Image.fromarray(p).resize((width, height), Image.Resampling.BOX)) for p in array]
        array = np.stack(planes)
    if dark_ground and ground.mean() > 127:
        array = 255 - array
    return np.ascontiguousarray(array)


def _with_channels(picture: np.ndarray, channels: int) -> np.ndarray:
    if len(picture) == channels:
        return picture
    if channels == 1:
        weights = np.array([0.299, 0.587, 0.114])[:, None, None]  # ITU-R 601 luma
        return np.rint((picture * weights).sum(0, keepdims=True)).astype(np.uint8)
    return np.repeat(picture[:1], channels, axis=0)


def _squared(array: np.ndarray, ground: np.ndarray, aspect: float) -> np.ndarray:
    """The picture in the middle of the smallest canvas of height / width `aspect` that holds it."""
    channels, height, width = array.shape
    canvas_height = max(height, round(width * aspect))
    canvas_width = max(width, round(canvas_height / aspect))
    canvas = np.empty((channels, canvas_height, canvas_width), np.uint8)
    canvas[:] = ground[:, None, None]
    top, left = (canvas_height - height) // 2, (canvas_width - width) // 2
    canvas[:, top : top + height, left : left + width] = array
    return canvas

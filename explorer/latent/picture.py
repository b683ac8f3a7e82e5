"""Any picture made into what an encoder expects: its size, its channels, light strokes on black."""

from __future__ import annotations

import numpy as np
from PIL import Image

MAX_SIDE = 8192
DIGIT_SHARE = 20 / 28
"""Of an image's side: the longer side of an MNIST digit."""
INK = 25
"""Grey above which a pixel counts as ink."""


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


def centred(picture: np.ndarray) -> np.ndarray:
    """A grey picture of light strokes on black as MNIST's are: fitted into 20 of 28 pixels, its centre of mass in the middle.

    LeCun et al. 1998: "size normalized to fit in a 20x20 pixel box while preserving their aspect ratio", then
    "centered in a 28x28 image by computing the center of mass of the pixels": in MNIST's files it is at pixel (14, 14),
    counted from 0.

    Parameters
    ----------
    picture : ndarray, shape (1, H, W), uint8

    Returns
    -------
    ndarray of the same shape, uint8; an empty picture as it is.
    """
    grey = picture[0]
    height, width = grey.shape
    rows, columns = np.flatnonzero(grey.max(axis=1) > INK), np.flatnonzero(grey.max(axis=0) > INK)
    if not len(rows):
        return picture
    inked = Image.fromarray(grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = min(height, width) * DIGIT_SHARE / max(inked.size)
    size = (max(1, round(inked.width * scale)), max(1, round(inked.height * scale)))
    canvas = Image.new("L", (width, height))
    canvas.paste(inked.resize(size, Image.Resampling.BICUBIC), ((width - size[0]) // 2, (height - size[1]) // 2))
    values = np.asarray(canvas, np.float64)
    down, right = ((values.sum(axis=1 - a) @ np.arange(n)) / values.sum() - n / 2 for a, n in ((0, height), (1, width)))
    moved = canvas.transform((width, height), Image.Transform.AFFINE, (1, 0, round(right), 0, 1, round(down)))
    return np.ascontiguousarray(np.asarray(moved)[None])


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

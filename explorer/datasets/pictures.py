"""Picture files as arrays of bytes."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.datasets.regular_file import check_regular
from explorer.errors import BadInput


def read_picture(path: Path) -> np.ndarray:
    """One picture as (C, H, W) uint8: C is 1 for grey, 3 for colour.

    Raises
    ------
    BadInput
        If it is missing or is no picture.
    """
    with opened(path) as picture:
        return as_channels(picture)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A picture, open.

    Raises
    ------
    BadInput
        If it is missing or is no picture, or turns out to be spoilt while it is read.
    """
    check_regular(path)
    try:
        with _looked_at(path) as picture:
            yield picture
    except BadInput:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadInput(f"{path}: is too large a picture: at most {Image.MAX_IMAGE_PIXELS} pixels are read") from None
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except Exception as error:  # Pillow raises many kinds for what is no picture
        raise BadInput(f"{path}: cannot be read as a picture: {error}") from None


def _looked_at(path: Path) -> Image.Image:
    """A picture of which only the header is read; Pillow only warns of a very large one, which then takes gigabytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path)


def is_grey(picture: Image.Image) -> bool:
    """Whether it has no colours; of its mode alone."""
    return picture.mode in ("1", "L", "LA", "F") or picture.mode.startswith("I")


def on_white(picture: Image.Image) -> Image.Image:
    """The picture as it is seen on paper, where it is transparent; else itself."""
    if picture.mode == "P" and "transparency" in picture.info:
        picture = picture.convert("RGBA")  # Pillow warns of the way that leaves it out
    if picture.mode not in ("LA", "RGBA", "PA"):
        return picture
    colour = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", colour.size, "white"), colour)
    return flat.convert("L" if picture.mode == "LA" else "RGB")


def as_channels(picture: Image.Image) -> np.ndarray:
    """Grey (1, H, W) or colour (3, H, W), uint8; what is transparent is seen on white."""
    if picture.mode.startswith("I"):  # 16 bits: convert("L") would clip them at 255
        return np.rint(np.clip(np.asarray(picture) / 257, 0, 255)).astype(np.uint8)[None]
    picture = on_white(picture)
    grey = is_grey(picture)
    array = np.asarray(picture.convert("L" if grey else "RGB"))
    return array[None] if grey else np.ascontiguousarray(array.transpose(2, 0, 1))

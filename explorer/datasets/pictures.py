"""Picture files as arrays of bytes."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.datasets.reading import AS_FOUND, Background, RangeName, Reading
from explorer.datasets.values import as_bytes
from explorer.errors import BadInput
from explorer.regular_file import check_regular

ORIENTATION, LYING = 0x0112, (5, 6, 7, 8)
"""Tag of EXIF, and its values of pictures that are seen turned by a quarter."""


def read_picture(path: Path, told: Reading = AS_FOUND) -> np.ndarray:
    """One picture as (C, H, W) uint8: C is 1 for grey, 3 for colour; of an animated one the first.

    Raises
    ------
    BadInput
        If it is missing or is no picture.
    """
    with opened(path) as picture:
        return as_channels(picture, told)


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
    except OSError as error:
        raise BadInput(f"{path}: cannot be read as a picture: {error.strerror or error}") from None
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


def seen_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height as it is seen, by its header alone: a camera that was held upright writes its picture lying."""
    width, height = picture.size
    return (height, width) if picture.getexif().get(ORIENTATION) in LYING else (width, height)


def as_seen(picture: Image.Image, told: Reading = AS_FOUND) -> Image.Image:
    """The picture as programs show it, in mode "L" or "RGB": upright, on white where it is transparent, in sRGB, in bytes.

    Parameters
    ----------
    told : Reading
        On black instead; and which numbers are black and white, of a picture that has others than bytes.

    Raises
    ------
    ValueError
        If its values are those of no picture.
    """
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        usual: RangeName = "0,65535" if picture.mode.startswith("I;16") else "auto"
        return Image.fromarray(as_bytes(np.asarray(picture), usual if told.range == "auto" else told.range)[0])
    grey = is_grey(picture)
    if picture.mode == "P" or (picture.mode == "RGB" and "transparency" in picture.info):  # a colour that is none: profiles do not keep it
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    return _on_paper(_in_srgb(picture), told.background).convert("L" if grey else "RGB")


def as_channels(picture: Image.Image, told: Reading = AS_FOUND) -> np.ndarray:
    """Grey (1, H, W) or colour (3, H, W), uint8, as it is seen (ValueError as `as_seen`)."""
    array = np.asarray(as_seen(picture, told))
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Of a picture with a colour profile its colours; what cannot be made of the profile is left as it is."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    from PIL import ImageCms

    try:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if picture.mode == "RGBA":
            opaque = ImageCms.profileToProfile(picture.convert("RGB"), source, target, outputMode="RGB")
            assert opaque is not None
            opaque.putalpha(picture.getchannel("A"))
            return opaque
        return ImageCms.profileToProfile(picture, source, target, outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _on_paper(picture: Image.Image, background: Background) -> Image.Image:
    """The picture as it is seen on paper of that colour, where it is transparent; else itself."""
    if picture.mode not in ("LA", "RGBA", "PA", "La", "RGBa") and "transparency" not in picture.info:
        return picture
    colour = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colour.size, background), colour)

"""A set of images from whatever names it: "mnist", "emoji", an IDX file, an array file or a folder of pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from explorer.datasets.arrays import is_array, read_array, with_channels
from explorer.datasets.emoji import SHA256 as EMOJI_SHA256
from explorer.datasets.emoji import emoji
from explorer.datasets.folders import Fit, read_folder
from explorer.datasets.idx import read_idx
from explorer.datasets.idx_folder import find_images, read_labels
from explorer.datasets.mnist import SHA256, mnist
from explorer.datasets.pictures import read_picture
from explorer.datasets.reading import AS_FOUND, RANGE_WORDS, Reading
from explorer.datasets.shipped import shipped
from explorer.datasets.values import as_bytes
from explorer.endings import PICTURES, has
from explorer.errors import BadInput

HASHED = 1024
"""Images of which the hash is taken at a time."""
__all__ = ["ImageSet", "load_images", "read_picture", "to_unit_range"]


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images as they are on disk.

    Attributes
    ----------
    name : str
        What the data is called in checkpoints and in the window.
    images : ndarray, shape (N, C, H, W), uint8
    labels : ndarray, shape (N,), uint8, or None
    sha256 : str
        Of the file; of the pixels where there are several files, or where it was told how to take them.
    taken : str
        Which array of the file it is, what its values are and what its labels, for people: "x_train, values -1 to 1, labels y_train";
        empty where there is no choice.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None
    sha256: str
    taken: str = ""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        c, h, w = self.images.shape[1:]
        return c, h, w

    def inputs(self, chosen: np.ndarray) -> np.ndarray:
        """What a network is trained on of the images of these indices: (n, C, H, W), float32, in [-1, 1]."""
        return to_unit_range(self.images[chosen])


def to_unit_range(images: np.ndarray) -> np.ndarray:
    """uint8 0..255 to float32 in [-1, 1]."""
    return images.astype(np.float32) / 127.5 - 1


def load_images(
    source: str, split: str = "train", size: int | None = None, fit: Fit = "resize", told: Reading = AS_FOUND
) -> ImageSet:  # fmt: skip
    """Images called `source`: "mnist", "emoji", or the path of an IDX file, an .npy/.npz array or a folder of IDX files or pictures.

    Parameters
    ----------
    size : int or None
        For a folder: side of the squares that its pictures are made; without it all must be of one size.
    fit : "resize" or "crop"
        Whether they are squeezed into the square, or the square is cut out of their middle.
    told : Reading
        What the file leaves open: which numbers are black and white, which arrays are its images and labels, what is behind transparent
        pictures.

    Raises
    ------
    BadInput
        If there is nothing there, it holds no images, or what was told is of no meaning for it.
    """
    if (known := shipped(source)) is not None:
        _refuse_told(source, told, "comes with the app, and is taken as it is")
        return SHIPPED_READERS[known.name](split)
    path = Path(source).expanduser()
    idx = find_images(path, split) if path.is_dir() else None
    labels: np.ndarray | None = None
    taken = ""
    if idx is not None:
        images, taken = _of_idx(idx, told)
        labels, digest = read_labels(idx, len(images)), file_sha256(idx) if told == AS_FOUND else _pixels_sha256(images)
    elif path.is_dir():
        _refuse_told(path, msgspec.structs.replace(told, range="auto", background="white"), "is a folder of pictures")
        images, digest = read_folder(path, size, fit, told)
    else:
        if has(path, PICTURES) and path.is_file():
            raise BadInput(f"{path}: is one picture; a data set is a folder of them")
        if is_array(path):
            others = msgspec.structs.replace(told, range="auto", member="", labels="")
            _refuse_told(path, others, "holds numbers, which are not transparent")
            found = read_array(path, split, told)
            images, labels = found.images, found.labels
            taken = ", ".join(filter(None, (found.member, f"values {RANGE_WORDS[found.range]}", found.labelled)))
        else:
            images, taken = _of_idx(path, told)
        digest = file_sha256(path) if told == AS_FOUND else _pixels_sha256(images)
    if len(images) == 0:
        raise BadInput(f"{path}: holds no images")
    return ImageSet(_own_name(path, digest), images, labels, digest, taken)


def _of_idx(path: Path, told: Reading) -> tuple[np.ndarray, str]:
    """Images of an IDX file, and how they were taken where that is not as usual (BadInput)."""
    _refuse_told(path, msgspec.structs.replace(told, range="auto"), "is one array of bytes")
    try:
        images, found = as_bytes(with_channels(read_idx(path), path), told.range)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    return images, "" if found == "0,255" else f"values {RANGE_WORDS[found]}"


def _pixels_sha256(images: np.ndarray) -> str:
    """Of images that may be larger than memory."""
    digest = hashlib.sha256()
    for start in range(0, len(images), HASHED):
        digest.update(np.ascontiguousarray(images[start : start + HASHED]).data)
    return digest.hexdigest()


def _own_name(path: Path, sha256: str) -> str:
    """What a person's data set is called: never as one that comes with the app, whose images would be taken for its own."""
    if (known := shipped(path.stem)) is None or sha256 == training_sha256(known.name):
        return path.stem
    return path.name if path.suffix else f"{path.name} (folder)"


def training_sha256(name: str) -> str:
    """Of the training images of a data set that comes with the app, as cards have it; empty for any other name."""
    known = shipped(name)
    return TRAINING_SHA256.get(known.name, "") if known is not None else ""


def _refuse_told(source: object, told: Reading, what: str) -> None:
    """Refuse to pass over in silence what means nothing for a data set (BadInput)."""
    named = [f"--{name}" for name in told.__struct_fields__ if getattr(told, name) != getattr(AS_FOUND, name)]
    if named:
        raise BadInput(f"{source}: {what}: leave out {', '.join(named)}")


def _mnist(split: str) -> ImageSet:
    prefix = "train" if split == "train" else "t10k"
    return ImageSet("mnist", *mnist(split), SHA256[f"{prefix}-images-idx3-ubyte.gz"])


def _emoji(split: str) -> ImageSet:
    return ImageSet("emoji", *emoji(split), EMOJI_SHA256)


SHIPPED_READERS: dict[str, Callable[[str], ImageSet]] = {"mnist": _mnist, "emoji": _emoji}
"""By the names of `explorer/datasets/shipped.py`; each takes a split."""
TRAINING_SHA256 = {"mnist": SHA256["train-images-idx3-ubyte.gz"], "emoji": EMOJI_SHA256}


def file_sha256(path: Path) -> str:
    """sha256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

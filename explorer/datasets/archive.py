"""Which arrays of an .npz are images and which are their labels: by names and headers, and numbers where those leave it open."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

MOST_CLASSES = 256
"""Labels are bytes wherever they go."""
MOST_LISTED = 8
TRAINING, TESTS = ("train", "images", "img", "data", "x", "arr_0"), ("test", "t10k", "val")
"""What members of images are called, the likeliest first."""
SPLITS = ("train", "val", "test", "t10k")
LABELS = re.compile(r"label|target|class|digit|categor|^y$|^y[_-]?(train|val|test)|[_-]y$")
"""What members of labels are called."""


class Header(NamedTuple):
    """What is said before the numbers of an array."""

    shape: tuple[int, ...]
    kind: np.dtype


def named(archive: zipfile.ZipFile) -> dict[str, str]:
    """Arrays by their names, with those of their files."""
    return {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}


def headers(archive: zipfile.ZipFile) -> dict[str, Header]:
    """Of its arrays, by their names, their numbers unread; without those that cannot be read."""
    found = {name: _header(archive, inside) for name, inside in named(archive).items()}
    return {name: header for name, header in found.items() if header is not None}


def _header(archive: zipfile.ZipFile, inside: str) -> Header | None:
    with archive.open(inside) as file:
        try:
            version = np.lib.format.read_magic(file)
            shape, _, kind = np.lib.format.read_array_header_1_0(file) if version == (1, 0) else np.lib.format.read_array_header_2_0(file)
        except (ValueError, OSError, EOFError):
            return None
    return Header(shape, kind)


def are_images(header: Header) -> bool:
    """Whether an array is of images by its shape."""
    shape, kind = header
    flat = len(shape) == 3 and min(shape[1:]) > 3
    coloured = len(shape) == 4 and (shape[1] in (1, 3) or shape[3] in (1, 3))
    return (flat or coloured) and kind.kind in "fub"


def are_labels(header: Header) -> bool:
    """Whether an array is a list of whole numbers, be it as a column."""
    return header.kind.kind in "iu" and header.shape != () and header.shape[1:] in ((), (1,))


def likeliest_images(known: Mapping[str, Header], split: str, labels: str = "") -> str | None:
    """The array of images of a split, by its name; None where there is none.

    Parameters
    ----------
    labels : str
        Only images that these labels can be of, where they are among the arrays.
    """
    shaped = [name for name, header in known.items() if are_images(header)]
    if labels in known:
        shaped = [name for name in shaped if _goes_with(labels, name, known)] or shaped
    return min(shaped, key=lambda name: _rank(name, split), default=None)


def likeliest_labels(known: Mapping[str, Header], images: str) -> tuple[str, bool] | None:
    """The array of labels of these images, and whether it is called so; None where there is none, or several that nothing tells apart."""
    found = [name for name in known if _goes_with(name, images, known)]
    called = [name for name in found if LABELS.search(name.lower())]
    if called:
        return min(called, key=lambda name: _split(name) != _split(images)), True
    return (found[0], False) if len(found) == 1 else None


def labels_beside(known: Mapping[str, Header]) -> tuple[str, ...]:
    """Every array that may be of the labels of some images among the arrays."""
    pictures = [name for name, header in known.items() if are_images(header)]
    return tuple(name for name in known if any(_goes_with(name, images, known) for images in pictures))


def _goes_with(labels: str, images: str, known: Mapping[str, Header]) -> bool:
    """Whether there is one for each image, and neither is of another split than the other by its name."""
    theirs, own = _split(images), _split(labels)
    return are_labels(known[labels]) and known[labels].shape[0] == known[images].shape[0] and (not own or not theirs or own == theirs)


def as_classes(values: np.ndarray) -> np.ndarray:
    """Labels of any whole numbers as (N,) uint8 (ValueError where they are no classes 0 to 255)."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if low < 0 or high >= MOST_CLASSES:
        raise ValueError(f"labels are classes from 0 to at most {MOST_CLASSES - 1}; its numbers reach from {low} to {high}")
    return np.ascontiguousarray(values.reshape(-1), np.uint8)


def listed(names: Iterable[str]) -> str:
    """Their names as messages have them."""
    return ", ".join(sorted(names)[:MOST_LISTED])


def _split(name: str) -> str:
    """What a name says of the split, empty where it says nothing; t10k is MNIST's word for test."""
    found = next((word for word in SPLITS if word in name.lower()), "")
    return "test" if found == "t10k" else found


def _rank(name: str, split: str) -> tuple[bool, int]:
    """Training images before test ones unless those are asked for, then by what members are called."""
    low = name.lower()
    is_test = any(word in low for word in TESTS)
    return is_test != (split == "test"), next((place for place, word in enumerate(TRAINING) if word in low), len(TRAINING))

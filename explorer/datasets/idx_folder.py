"""A folder of IDX files: images, known by what is in them, and their labels, named as MNIST's are, where there are any."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from explorer.datasets.idx import dimensions, read_idx
from explorer.endings import PICTURES, has
from explorer.errors import BadInput

IMAGES = re.compile(r".*images.*ubyte(\.gz)?", re.IGNORECASE)
LABEL_NAMES = (("images", "labels"), ("idx3", "idx1"), ("idx4", "idx1"))
TESTS = ("t10k", "test")
LEAST, MOST = 3, 1000
"""Dimensions of images, one of which counts them; files of a folder that are looked into."""


def holds_images(path: Path) -> bool:
    """Whether a file holds images, or is called so and is no picture: whoever reads it then says what is wrong with it."""
    if path.name.startswith(".") or has(path, PICTURES):
        return False
    return dimensions(path) >= LEAST or (bool(IMAGES.fullmatch(path.name)) and path.is_file())


def find_images(folder: Path, split: str) -> Path | None:
    """The file of images for a split: the only one, or that whose name says train or test (t10k); None where there is none.

    Raises
    ------
    BadInput
        If there are several, and none that the names single out.
    """
    files = sorted(folder.iterdir())
    found = [path for path in _few(files) if holds_images(path)]
    if any(has(path, PICTURES) for path in files):  # they are meant, unless there are images
        found = [path for path in found if dimensions(path) >= LEAST]
    if len(found) <= 1:
        return found[0] if found else None
    wanted = [path for path in found if path.name.lower().startswith(TESTS) == (split == "test")]
    if len(wanted) != 1:
        names = ", ".join(path.name for path in found)
        raise BadInput(f"{folder}: holds several files of images ({names}); name the one that is meant")
    return wanted[0]


def _few(files: Sequence[Path]) -> Iterator[Path]:
    """Those that are looked into: a folder of a million other files is told from one of images without opening them all."""
    return itertools.islice((path for path in files if not has(path, PICTURES)), MOST)


def read_labels(images_file: Path, count: int) -> np.ndarray | None:
    """Labels (N,) uint8 beside a file of images; None where there are none.

    Raises
    ------
    BadInput
        If they are none, or not one for each of the `count` images.
    """
    name = images_file.name
    for old, new in LABEL_NAMES:
        name = re.sub(old, new, name, flags=re.IGNORECASE)
    stem = name.removesuffix(".gz")
    path = next((p for p in (images_file.with_name(stem), images_file.with_name(stem + ".gz")) if p.is_file() and p != images_file), None)
    if path is None:
        return None
    labels = read_idx(path)
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise BadInput(f"{path}: holds {labels.dtype} of shape {labels.shape}, no list of labels")
    if len(labels) != count:
        raise BadInput(f"{path}: holds {len(labels)} labels, but {images_file.name} has {count} images")
    return labels

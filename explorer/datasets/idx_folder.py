"""A folder of IDX files, named as MNIST's are: images, and their labels where there are any."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from explorer.datasets.idx import read_idx
from explorer.errors import BadInput

IMAGES = re.compile(r".*images.*ubyte(\.gz)?", re.IGNORECASE)
LABEL_NAMES = (("images", "labels"), ("idx3", "idx1"), ("idx4", "idx1"))
TESTS = ("t10k", "test")


def holds_images(path: Path) -> bool:
    """Whether a file is called as those of images are."""
    return bool(IMAGES.fullmatch(path.name)) and path.is_file()


def find_images(folder: Path, split: str) -> Path | None:
    """The file of images for a split: the only one, or that whose name says train or test (t10k); None where there is none.

    Raises
    ------
    BadInput
        If there are several, and none that the names single out.
    """
    found = sorted(path for path in folder.iterdir() if holds_images(path))
    if len(found) <= 1:
        return found[0] if found else None
    wanted = [path for path in found if path.name.lower().startswith(TESTS) == (split == "test")]
    if len(wanted) != 1:
        names = ", ".join(path.name for path in found)
        raise BadInput(f"{folder}: holds several files of images ({names}); name the one that is meant")
    return wanted[0]


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

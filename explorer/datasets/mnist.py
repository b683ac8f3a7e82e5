"""The MNIST that comes with the app: its four original files, checked by their sha256."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from explorer.datasets.idx import read_idx
from explorer.errors import BadInput
from explorer.resources import resource

SHA256 = {
    "train-images-idx3-ubyte.gz": "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    "train-labels-idx1-ubyte.gz": "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    "t10k-images-idx3-ubyte.gz": "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    "t10k-labels-idx1-ubyte.gz": "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}


@lru_cache(maxsize=4)
def _checked(name: str) -> np.ndarray:
    path = resource("datasets", "mnist", name)
    if not path.is_file():
        raise BadInput(f"{path}: no such file; install the app again")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256[name]:
        raise BadInput(f"{path}: its sha256 is {digest[:12]}…, not MNIST's {SHA256[name][:12]}…")
    return read_idx(path)


def mnist(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 1, 28, 28) uint8 and labels (N,) uint8; N is 60,000 for "train", 10,000 for "test".

    Raises
    ------
    ValueError
        If the split is another.
    BadInput
        If a file is missing or is not the original.
    """
    if split not in ("train", "test"):
        raise ValueError(f"MNIST has the splits 'train' and 'test', not {split!r}")
    prefix = "train" if split == "train" else "t10k"
    images = _checked(f"{prefix}-images-idx3-ubyte.gz")
    return images[:, None], _checked(f"{prefix}-labels-idx1-ubyte.gz")

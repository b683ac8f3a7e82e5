"""The emoji that come with the app: one array file, checked by its sha256. `tools/make_emoji.py` says how it is made."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

import numpy as np

from explorer.errors import BadInput
from explorer.resources import resource

SHA256 = "9e862cb457f5313566009d061431b983d4badcc2f5d9af59509e3c4fc0f833f0"
"""Of the file, which has both splits."""


@lru_cache(maxsize=1)
def _checked() -> dict[str, np.ndarray]:
    path = resource("datasets", "emoji", "emoji.npz")
    if not path.is_file():
        raise BadInput(f"{path}: no such file; install the app again")
    packed = path.read_bytes()
    digest = hashlib.sha256(packed).hexdigest()
    if digest != SHA256:
        raise BadInput(f"{path}: its sha256 is {digest[:12]}…, not that of the app's emoji, {SHA256[:12]}…")
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        found = dict(arrays)
    for array in found.values():
        array.setflags(write=False)
    return found


def emoji(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 3, 32, 32) uint8 over white, and their groups (N,) uint8 in 0..8; N is 3,411 for "train", 370 for "test".

    Raises
    ------
    ValueError
        If the split is another.
    BadInput
        If the file is missing or is not the app's.
    """
    if split not in ("train", "test"):
        raise ValueError(f"the emoji have the splits 'train' and 'test', not {split!r}")
    arrays = _checked()
    return arrays[f"x_{split}"], arrays[f"y_{split}"]

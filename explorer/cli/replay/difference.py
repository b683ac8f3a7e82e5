"""Whether two exports of a kind are the same, and how they differ; and whether an export can be read whole."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from explorer.errors import BadInput


class Difference(NamedTuple):
    """How two exports of a kind differ: in words, empty if they are the same; the most and the mean, where that is known."""

    words: str = ""
    most: float = math.inf
    mean: float = math.inf


def check_whole(path: Path) -> None:
    """Refuse an export that cannot be compared with another, before one is made.

    Raises
    ------
    BadInput
        If its pictures or arrays are damaged, or an array is not of numbers. Films are compared byte for byte.
    """
    try:
        if path.suffix.lower() == ".npz":
            _check_arrays(path)
        elif path.suffix.lower() != ".mp4":
            _pixels(path)
    except Exception as error:  # the readers raise many kinds for a damaged file
        raise BadInput(f"{path}: cannot be read: {error}") from None


def _check_arrays(path: Path) -> None:
    import numpy as np

    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            kind = archive[name].dtype.kind
            if name != "recipe" and kind not in "biuf":
                raise ValueError(f"its array {name} is not of numbers")


def difference_of(one: Path, other: Path) -> Difference:
    """How two exports of a kind differ."""
    import numpy as np

    ending = one.suffix.lower()
    if ending == ".mp4":
        same = one.read_bytes() == other.read_bytes()
        return Difference() if same else Difference("the films' files differ; compare .npz to see by how much")
    if ending == ".npz":
        with np.load(one, allow_pickle=False) as first, np.load(other, allow_pickle=False) as second:
            names = [name for name in first.files if name != "recipe"]
            if sorted(names) != sorted(name for name in second.files if name != "recipe"):
                return Difference("the arrays' names differ")
            for name in names:
                a, b = first[name], second[name]
                if a.shape != b.shape:
                    return Difference(f"{name} is of shape {b.shape}, it was {a.shape}")
                if not np.array_equal(a, b, equal_nan=True):
                    apart = np.abs(a.astype(np.float64) - b)
                    most = float(np.nanmax(apart))
                    return Difference(f"{name} differs by at most {most:.3g}", most, float(np.nanmean(apart)))
        return Difference()
    pictures, again = _pixels(one), _pixels(other)
    if len(pictures) != len(again) or pictures[0].shape != again[0].shape:
        was, now = ("{} of {} x {}".format(len(some), *some[0].shape[1::-1]) for some in (pictures, again))
        return Difference(f"{now} pixels, it was {was}; see --scale and --frames")
    apart = [np.abs(a.astype(int) - b) for a, b in zip(pictures, again, strict=True)]
    most, mean = max(int(part.max()) for part in apart), sum(float(part.mean()) for part in apart) / len(apart)
    return Difference(f"differs by at most {most} of 255 grey levels", most, mean) if most else Difference()


def _pixels(path: Path) -> list:
    import numpy as np
    from PIL import Image, ImageSequence

    with Image.open(path) as picture:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]

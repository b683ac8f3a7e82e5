"""Whether two exports of a kind are the same, and how they differ; and whether an export can be read whole."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageSequence


class Difference(NamedTuple):
    """How two exports of a kind differ: in words, empty if they are the same; the most and the mean, where that is known."""

    words: str = ""
    most: float = math.inf
    mean: float = math.inf


class Comparison(NamedTuple):
    """How two files of a kind are compared.

    Attributes
    ----------
    check : callable
        Raises, whatever it may be, if a file is damaged or holds what cannot be compared.
    differ : callable
        How the second file differs from the first.
    """

    check: Callable[[Path], object]
    differ: Callable[[Path, Path], Difference]


def _films_differ(one: Path, other: Path) -> Difference:
    """By the pictures that are decoded: the recipe inside may be written otherwise, and mean the same."""
    from explorer.exports.film import pictures_of

    first, second = pictures_of(one), pictures_of(other)
    if first == second:
        return Difference()
    if len(first) != len(second):
        return Difference(f"{len(second) - 1} pictures, it had {len(first) - 1}; see --frames and --fps")
    apart = sum(a != b for a, b in zip(first, second, strict=True))
    return Difference(f"{apart} of {len(first) - 1} pictures differ; compare .npz to see by how much", mean=float(apart))


def _check_arrays(path: Path) -> None:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        for name in archive.files:
            kind = archive[name].dtype.kind
            if name != "recipe" and kind not in "biuf":
                raise ValueError(f"its array {name} is not of numbers")


def _arrays_differ(one: Path, other: Path) -> Difference:
    with (
        one.open("rb") as file, np.load(file, allow_pickle=False) as first,
        other.open("rb") as file_of_other, np.load(file_of_other, allow_pickle=False) as second,
    ):  # fmt: skip
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


def _pixels(path: Path) -> list[np.ndarray]:
    with Image.open(path) as picture:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]


def _pixels_differ(one: Path, other: Path) -> Difference:
    pictures, again = _pixels(one), _pixels(other)
    if len(pictures) != len(again) or pictures[0].shape != again[0].shape:
        was, now = ("{} of {} x {}".format(len(some), *some[0].shape[1::-1]) for some in (pictures, again))
        return Difference(f"{now} pixels, it was {was}; see --scale and --frames")
    apart = [np.abs(a.astype(int) - b) for a, b in zip(pictures, again, strict=True)]
    most, mean = max(int(part.max()) for part in apart), sum(float(part.mean()) for part in apart) / len(apart)
    return Difference(f"differs by at most {most} of 255 grey levels", most, mean) if most else Difference()


def _sprites(page: Path) -> tuple[str, list[np.ndarray]]:
    """What a page says, without its recipe and who wrote it, and its pictures."""
    from explorer.exports.page.embedding import without_recipe

    parts = re.split(r"data:image/png;base64,([A-Za-z0-9+/=]*)", without_recipe(page))
    pictures = []
    for packed in parts[1::2]:
        with Image.open(io.BytesIO(base64.b64decode(packed))) as picture:
            pictures.append(np.asarray(picture))
    return "".join(parts[::2]), pictures


def _pages_differ(one: Path, other: Path) -> Difference:
    (words, pictures), (again, others) = _sprites(one), _sprites(other)
    if [picture.shape for picture in pictures] != [picture.shape for picture in others]:
        return Difference("the page shows other lanes, samples or states; see --frames")
    apart = [np.abs(a.astype(int) - b) for a, b in zip(pictures, others, strict=True)]
    most = max((int(part.max()) for part in apart), default=0)
    if most:
        return Difference(
            f"its pictures differ by at most {most} of 255 levels", most, sum(float(part.mean()) for part in apart) / len(apart)
        )
    return Difference() if words == again else Difference("its numbers differ; compare .npz to see by how much", 0.0, 0.0)


PIXELS = Comparison(_pixels, _pixels_differ)
ARRAYS = Comparison(_check_arrays, _arrays_differ)
FILMS = Comparison(Path.stat, _films_differ)
PAGES = Comparison(_sprites, _pages_differ)

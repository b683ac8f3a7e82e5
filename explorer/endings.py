"""What files are by the ends of their names: one list of each kind, for whoever reads, writes, opens or asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

DOCUMENT = ".gexplore"
SESSIONS = (DOCUMENT, ".json")
"""Sessions as people keep them; the second is what they were called first."""
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
WRITTEN = (".png", ".jpg", ".bmp")
"""Pictures that are saved as they are seen, without a recipe."""
ARRAYS = (".npy", ".npz")
PACKED = (".gz",)
IDX = (".idx", "ubyte", *PACKED)
"""MNIST's own names end in "ubyte", packed or not."""
DATA_SETS = (*ARRAYS, *IDX)
TABLES = (".csv", ".txt")
POINTS = (*ARRAYS, *TABLES)
"""Of points on a plane."""


def has(path: Path | str, endings: Sequence[str]) -> bool:
    """Whether a file's name ends in one of these, in capitals or not."""
    return Path(path).name.lower().endswith(tuple(endings))


def patterns(endings: Iterable[str]) -> tuple[str, ...]:
    """Names with these endings, as dialogs have them: "*.png"."""
    return tuple(f"*{ending}" for ending in dict.fromkeys(endings))


def filters(kinds: Iterable[tuple[str, Iterable[str]]], others: bool = True) -> str:
    """Kinds of files as file dialogs take them: "Pictures (*.png *.gif);;All files (*)".

    Parameters
    ----------
    kinds : iterable of (str, iterable of str)
        What it is called, and the patterns of its names.
    others : bool
        Whether any other file may be chosen as well.
    """
    said = [f"{title} ({' '.join(dict.fromkeys(names))})" for title, names in kinds]
    return ";;".join([*said, "All files (*)"] if others else said)


PICTURE_FILES = filters([("Pictures", patterns(PICTURES))])
DATA_SET_FILES = filters([("Data sets", patterns(DATA_SETS))])
POINT_FILES = filters([("Points", patterns(POINTS))])

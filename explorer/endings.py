"""What files are by the ends of their names: one list of each kind, for whoever reads, writes, opens or asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

CHECKPOINTS = (".safetensors",)
SESSIONS = (".json",)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
ARRAYS = (".npy", ".npz")
PACKED = (".gz",)
IDX = (".idx", "ubyte", *PACKED)
"""MNIST's own names end in "ubyte", packed or not."""
DATA_SETS = (*ARRAYS, *IDX)


def has(path: Path | str, endings: Sequence[str]) -> bool:
    """Whether a file's name ends in one of these, in capitals or not."""
    return Path(path).name.lower().endswith(tuple(endings))


def filters(kinds: Iterable[tuple[str, Sequence[str]]], others: bool = True) -> str:
    """Kinds of files as file dialogs take them: "Pictures (*.png *.gif);;All files (*)".

    Parameters
    ----------
    kinds : iterable of (str, sequence of str)
        What it is called, and its endings.
    others : bool
        Whether any other file may be chosen as well.
    """
    said = [f"{title} ({' '.join(f'*{ending}' for ending in dict.fromkeys(endings))})" for title, endings in kinds]
    return ";;".join([*said, "All files (*)"] if others else said)


PICTURE_FILES = filters([("Pictures", PICTURES)])
DATA_SET_FILES = filters([("Data sets", DATA_SETS)])
CHECKPOINT_FILES = filters([("Checkpoints", CHECKPOINTS)])

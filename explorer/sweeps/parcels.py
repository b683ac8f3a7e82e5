"""Checkpoints on their way to workers elsewhere: sent once, kept there by their hash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.checkpoints.locate import named
from explorer.exports.atomic import whole
from explorer.paths import cache_folder
from explorer.regular_file import is_regular
from explorer.sweeps.job import CheckpointKey

FOLDER = "sweeps"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A checkpoint's file, to be had where it is not yet.

    Attributes
    ----------
    name : str
        Of the file on the worker: its hash, with its own ending.
    content : object
        A reference to its bytes.
    """

    name: str
    content: Any


def parcels_of(paths: Mapping[CheckpointKey, str], put: Callable[[bytes], Any]) -> dict[CheckpointKey, Parcel]:
    """Parcels of the checkpoints that a worker has not by itself: those that come with the app are there, and folders are not sent."""
    own = {path.resolve() for path in named().values()}
    sent: dict[CheckpointKey, Parcel] = {}
    for key, text in paths.items():
        path = Path(text)
        if path.resolve() not in own and is_regular(path):
            sent[key] = Parcel(f"{key[1]}{path.suffix}", put(path.read_bytes()))
    return sent


def arrived(parcel: Parcel, get: Callable[[Any], bytes]) -> str:
    """Path of a parcel's file on this machine, fetched if it is not here yet (BadInput or OSError if it cannot be kept).

    Whoever opens it compares its hash with the recipe's.
    """
    path = cache_folder() / FOLDER / parcel.name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as partial:
            partial.write_bytes(get(parcel.content))
    return str(path)

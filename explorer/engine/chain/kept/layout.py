"""How a chain lies in a file: safetensors, every array at a place that its description alone determines. No torch.

So a header that is not what its own description says is known to be spoilt or another's without being read further, and
states are written where they belong as they come.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from explorer.checkpoints.card import LatentCard
from explorer.engine.chain.kept.identity import Identity
from explorer.recipe import MAX_SAMPLES, MAX_STEPS
from explorer.recipe.arithmetic import RunBy

METADATA = "generative_explorer_chain"
FORMAT = 1
MAX_HEADER = 2**22
_NAMES = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<i8": "I64", "<u4": "U32"}


class Spoilt(ValueError):
    """A file that is not what it should be."""


class Described(msgspec.Struct, frozen=True):
    """What is in a file.

    Attributes
    ----------
    format : int
    identity : Identity
    shape : (C, H, W)
    K, T : int
        Steps, and the timesteps of the schedule.
    first : int
        Index of its first own state: a branch has those above from the lane that it leaves.
    draws : bool
        Its steps draw images of a data set.
    packed : bool
        x0_hat alone, in half precision: the states follow from the noise. As chains come with the app.
    notice : str
    networks : tuple of RunBy
        What ran its networks where that was chosen: who goes on from it goes on so.
    towards : bool
        It has what its steps go towards, beside x0_hat.
    latent : LatentCard or None
        What its states are, where they are codes that are seen through a decoder.
    value_range : (float, float)
        Black and white of its images.
    """

    format: int
    identity: Identity
    shape: tuple[int, int, int]
    K: int
    T: int
    first: int = 0
    draws: bool = False
    packed: bool = False
    notice: str = ""
    networks: tuple[RunBy, ...] = ()
    towards: bool = False
    latent: LatentCard | None = None
    value_range: tuple[float, float] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        """Refuse what no chain is (ValueError)."""
        sizes = (self.K, self.T, *self.shape)
        if self.format != FORMAT or not all(1 <= size <= MAX_STEPS for size in sizes) or not 0 <= self.first < self.K:
            raise ValueError("not a chain that is kept")
        if self.K > self.T or not 1 <= self.identity.samples <= MAX_SAMPLES or math.prod(self.shape) > 2**26:
            raise ValueError("not a chain that is kept")


@dataclass(frozen=True)
class Place:
    """An array in a file: its type, its shape, and where it begins."""

    dtype: str
    shape: tuple[int, ...]
    offset: int

    @property
    def nbytes(self) -> int:
        """Of all of it."""
        return math.prod(self.shape) * int(self.dtype[-1])

    @property
    def row(self) -> int:
        """Bytes of one of its rows."""
        return self.nbytes // self.shape[0]


@dataclass(frozen=True)
class Layout:
    """Where what is in a file.

    Attributes
    ----------
    of : Described
    found : int
        Bytes before the arrays in a file that is there: its description may lack what has been added to Described since. 0 for one that
        is written.
    """

    of: Described
    found: int = 0

    @cached_property
    def _shapes(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        d, n = self.of, self.of.identity.samples
        images, own = (n, *d.shape), d.K - d.first
        shapes: dict[str, tuple[str, tuple[int, ...]]] = {
            "timesteps": ("<i8", (d.K + 1,)),
            "alpha_bar": ("<f8", (d.K + 1,)),
            "steps": ("<f8", (3, d.K)),
            "levels": ("<f8", (d.T + 1,)),
            "norms": ("<f8", (3, d.K + 1, n)),
        }
        if d.draws:
            shapes["drawn"] = ("<i8", (d.K, n))
        shapes["sums"] = ("<u4", ((2 + d.towards) * own + 1 + 1,))
        if not d.packed:
            shapes["x"] = ("<f4", (own + 1, *images))
        shapes["x0_hat"] = ("<f2" if d.packed else "<f4", (own, *images))
        if d.towards:
            shapes["towards"] = ("<f4", (own, *images))
        return shapes

    @cached_property
    def table(self) -> dict[str, dict[str, object]]:
        """What a header says of each array."""
        table: dict[str, dict[str, object]] = {}
        at = 0
        for name, (dtype, shape) in self._shapes.items():
            size = Place(dtype, shape, at).nbytes
            table[name] = {"dtype": _NAMES[dtype], "shape": list(shape), "data_offsets": [at, at + size]}
            at += size
        return table

    @cached_property
    def header(self) -> bytes:
        """Everything before the arrays; their offsets in it are from its end."""
        entries = {"__metadata__": {METADATA: msgspec.json.encode(self.of).decode()}, **self.table}
        text = json.dumps(entries, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return len(text).to_bytes(8, "little") + text

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every array by name."""
        at, places = self.found or len(self.header), {}
        for name, (dtype, shape) in self._shapes.items():
            places[name] = Place(dtype, shape, at)
            at += places[name].nbytes
        return places

    @cached_property
    def size(self) -> int:
        """Bytes of the file."""
        last = list(self.places.values())[-1]
        return last.offset + last.nbytes


LARGE = ("x", "x0_hat", "towards")
"""Arrays of which a row is of one state, each with a checksum, in this order, at the beginning of "sums"."""
SMALL = ("timesteps", "alpha_bar", "steps", "levels", "norms", "drawn")
"""Arrays that are written when the chain is finished; one checksum is of them all, the last of "sums"."""


def described(file: BinaryIO, size: int) -> Layout:
    """Layout of an open file of `size` bytes.

    Raises
    ------
    Spoilt
        If it is cut short, or no chain that was written here.
    """
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or not 2 <= length <= min(MAX_HEADER, size):
        raise Spoilt("no header")
    text = file.read(length)
    try:
        header = json.loads(text)
        layout = Layout(msgspec.json.decode(header.pop("__metadata__")[METADATA], type=Described), len(start) + length)
        same = header == layout.table and layout.size == size
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, msgspec.MsgspecError) as error:
        raise Spoilt("another header") from error
    if not same:
        raise Spoilt("a header that its arrays do not fit")
    return layout


def read_description(path: Path) -> Described:
    """What a file says that it holds (OSError, Spoilt)."""
    with open(path, "rb") as file:
        return described(file, path.stat().st_size).of


def read_array(file: BinaryIO, place: Place, row: int | None = None) -> np.ndarray:
    """An array, or one row of it, of its own (OSError, Spoilt if the file ends before)."""
    shape = place.shape if row is None else place.shape[1:]
    array = np.empty(shape, place.dtype)
    file.seek(place.offset + (0 if row is None else row * place.row))
    if file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:  # type: ignore[attr-defined]
        raise Spoilt("cut short")
    return array

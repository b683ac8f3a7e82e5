""".npz archives that need not fit in memory, with their recipe inside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from zipfile import ZipFile, ZipInfo

import numpy as np
from numpy.typing import DTypeLike

from explorer.disk_space import reserve
from explorer.errors import BadInput
from explorer.exports.atomic import whole
from explorer.exports.pictures import RECIPE_KEY
from explorer.half_written import neighbour
from explorer.recipe import Recipe, encode_recipe
from explorer.spoilt_zip import SPOILT_ZIP

PIECE = 2**23
MAX_RECIPE_BYTES = 2**26
ALWAYS = (1980, 1, 1, 0, 0, 0)  # zip's first moment: the same arrays give the same file


class Fillable(Protocol):
    """An array as whoever walks a chain fills it."""

    def __setitem__(self, place: Any, values: np.ndarray) -> None:
        """Values of a place."""


class Archive(Protocol):
    """What takes arrays by name, is filled in a context, and packs them at its end into one file."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Pack, unless something was raised."""

    def array(self, name: str, shape: Sequence[int]) -> Fillable:
        """An array to fill."""

    def put(self, name: str, array: np.ndarray) -> None:
        """A whole array."""

    @property
    def parts(self) -> int:
        """How many pieces `packed` has."""

    def packed(self) -> Iterator[None]:
        """Pack piece by piece."""


class ArrayArchive:
    """A context: arrays are filled on disk as they come, and packed into the .npz at its end.

    Parameters
    ----------
    path : Path
        The .npz to write; nothing is left of it if the block raises.
    recipe : Recipe
        Stored as the array "recipe", a string.

    Raises
    ------
    BadInput
        If the disk refuses.
    """

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self._path, self._recipe = path, recipe
        self._names: dict[str, Path] = {}
        self._views: list[np.memmap[Any, Any]] = []
        self._folder: Path | None = None
        self._done = False

    def __enter__(self) -> Self:
        """Make the folder of parts, beside the file."""
        try:
            folder = neighbour(self._path)
            folder.mkdir(mode=0o700)
            self._folder = folder
        except OSError as error:
            raise BadInput(f"{self._path}: cannot be written: {error.strerror}") from None
        try:
            self.put(RECIPE_KEY, np.array(encode_recipe(self._recipe)))
        except BaseException:  # a context that does not begin does not end, either
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Pack, unless something was raised; then forget the parts."""
        assert self._folder is not None
        try:
            while self._views:
                self._views.pop().flush()
            if kind is None:
                for _ in self.packed():
                    pass
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def array(self, name: str, shape: Sequence[int], dtype: DTypeLike = np.float32) -> np.memmap[Any, Any]:
        """An array to fill, on disk; zero until then."""
        part = self._part(name)
        try:
            view = np.lib.format.open_memmap(part, "w+", np.dtype(dtype), tuple(shape))
            reserve(part)
        except OSError as error:
            raise BadInput(f"{self._path}: cannot be written: {error.strerror}") from None
        self._views.append(view)
        return view

    def put(self, name: str, array: np.ndarray) -> None:
        """A whole array."""
        self.array(name, array.shape, array.dtype)[...] = array

    def _part(self, name: str) -> Path:
        assert self._folder is not None
        path = self._folder / f"{len(self._names)}.npy"
        self._names[name] = path
        return path

    @property
    def parts(self) -> int:
        """Pieces of at most `PIECE` bytes that are packed."""
        return sum(max(1, -(-part.stat().st_size // PIECE)) for part in self._names.values() if part.exists())

    def packed(self) -> Iterator[None]:
        """Pack the arrays into the .npz, a piece at a time; whoever does not is packed at the context's end."""
        if self._done:
            return
        while self._views:
            self._views.pop().flush()
        with whole(self._path) as partial, ZipFile(partial, "w") as archive:
            for name, part in self._names.items():
                entry = ZipInfo(f"{name}.npy", ALWAYS)
                with open(part, "rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    while piece := source.read(PIECE):
                        target.write(piece)
                        yield
                part.unlink()
        self._done = True


def space_needed(sizes: Sequence[int]) -> int:
    """Bytes on disk while arrays of these sizes are packed: all parts, and the largest one twice."""
    return sum(sizes) + max(sizes, default=0) + 2**20


def recipe_text(path: Path) -> str:
    """The array "recipe" of an .npz, empty if it has none (BadInput if it is too large)."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:  # numpy does not close what it cannot read
        if RECIPE_KEY not in archive.files:
            return ""
        if archive.zip.getinfo(f"{RECIPE_KEY}.npy").file_size > MAX_RECIPE_BYTES:
            raise BadInput("its recipe is too large")
        return str(archive[RECIPE_KEY])


def may_be_ours(path: Path) -> bool:
    """Whether an .npz has an array of our recipe's name."""
    try:
        with ZipFile(path) as archive:
            return f"{RECIPE_KEY}.npy" in archive.namelist()
    except SPOILT_ZIP:
        return False

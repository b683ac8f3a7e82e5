"""A page as what `write_arrays` fills: it keeps of the arrays what it shows, and is written at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from explorer.exports.atomic import whole
from explorer.exports.page.html import page_of
from explorer.exports.page.kept import SHOWN, KeptArray, KeptLane, choose
from explorer.recipe import Recipe
from explorer.recipe.shown import FRAMES

PAGE_BYTES = 2**24
"""More than any page takes on disk: what it keeps is in memory, and small."""


class PageArchive:
    """A context, as `ArrayArchive` is one: lanes are handed over array by array, and the page is written at its end.

    Parameters
    ----------
    path : Path
        The .html to write; nothing is left of it if the block raises.
    recipe : Recipe
        Of a chain. Its `shown` has the lanes' names, the samples and what the page begins with; it is written into the page.
    """

    def __init__(self, path: Path, recipe: Recipe) -> None:
        self._path, self._recipe = path, recipe
        self._lanes: list[KeptLane] = []
        self._chosen = self._done = False

    def __enter__(self) -> Self:
        """Nothing is on disk before the end."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write, unless something was raised."""
        if kind is None:
            for _ in self.packed():
                pass

    def put(self, name: str, array: np.ndarray) -> None:
        """A whole array of a lane's plan."""
        lane, own = self._place(name)
        lane.plan[own] = array

    def array(self, name: str, shape: Sequence[int], _dtype: object = None) -> KeptArray:
        """An array to fill."""
        lane, own = self._place(name)
        array = KeptArray(tuple(shape), self._begin)
        if own in (*SHOWN, "decoded"):
            lane.arrays[own] = array
        return array

    def _place(self, name: str) -> tuple[KeptLane, str]:
        """The lane of an array, and its name there: "lane0/x" is x of the first."""
        lane, _, own = name.partition("/")
        index = int(lane.removeprefix("lane"))
        while len(self._lanes) <= index:
            self._lanes.append(KeptLane())
        return self._lanes[index], own

    def _begin(self) -> None:
        """All plans and shapes are there: what is shown can be chosen."""
        if self._chosen:
            return
        self._chosen = True
        shown, chain = self._recipe.shown, self._recipe.chain
        assert chain is not None
        assert shown is not None
        self._extent = choose(self._lanes, shown.samples or range(chain.samples), shown.frames or FRAMES)

    @property
    def parts(self) -> int:
        """Pieces that are packed."""
        return 1

    def packed(self) -> Iterator[None]:
        """Write the page; whoever does not has it written at the context's end."""
        if self._done:
            return
        with whole(self._path) as partial:
            partial.write_text(page_of(self._lanes, self._recipe, self._extent.stride), encoding="utf-8", newline="\n")
        self._done = True
        yield

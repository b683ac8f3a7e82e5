"""The weights in a file of tensors, their names without what wrappers put before them: what sources of single files look at. No torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.sources.tensor_file import Outline, bare, outline, under

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Weights:
    """Where a network's weights lie in a file.

    Attributes
    ----------
    path : Path
    where : str
        The dictionary in it, as `tensor_file.Content.weights` says.
    prefix : str
        What stands before every name there.
    tensors : dict of str to Outline
        By name, without the prefix.
    """

    path: Path
    where: str
    prefix: str
    tensors: dict[str, Outline]

    def shape(self, name: str) -> tuple[int, ...]:
        """Of a tensor; () of one that is not there."""
        found = self.tensors.get(name)
        return () if found is None else found.shape

    @property
    def size(self) -> int:
        """Numbers in all of them."""
        return sum(each.size for each in self.tensors.values())

    def read(self) -> dict[str, Tensor]:
        """The tensors, float32 (BadInput)."""
        from explorer.sources.tensor_reading import tensors

        return tensors(self.path, self.where, self.prefix)


def weights_in(path: Path, inside: Iterable[str] = ()) -> Weights | None:
    """The weights in a file; None if it is no file of tensors, or has none.

    Parameters
    ----------
    path : Path
    inside : iterable of str
        Prefixes of a part that is looked for first: those names alone, where there are any.
    """
    content = outline(path) if path.is_file() else None
    if content is None:
        return None
    where, tensors = content.weights()
    for prefix in inside:
        if part := under(tensors, prefix):
            return Weights(path, where, prefix, part)
    if not tensors:
        return None
    stripped = bare(tensors)
    first = next(iter(tensors))
    prefix = first.removesuffix(next(iter(stripped)))
    return Weights(path, where, prefix, stripped)


def named_in(path: Path) -> tuple[str, dict[str, Outline]]:
    """Where the weights are in a file, and what they are without the names that wrappers put before theirs; nothing without any."""
    content = outline(path)
    where, tensors = ("", {}) if content is None else content.weights()
    return where, bare(tensors)


def shape_of(tensors: Mapping[str, Outline], name: str, sides: int, whose: str) -> tuple[int, ...]:
    """Shape of a tensor of so many sides (ValueError, which says that `whose` have it, if there is none, or it is empty)."""
    found = tensors.get(name)
    if found is None or len(found.shape) != sides or 0 in found.shape:
        raise ValueError(f"has no weights {name} of {sides} sides, as {whose}")
    return found.shape


def last_of(tensors: Mapping[str, Outline], blocks: str) -> int:
    """Number of the last of the blocks that are called `blocks.0`, `blocks.1`, …; 0 where there is none."""
    return max((int(found[1]) for name in tensors if (found := re.match(rf"{blocks}\.(\d{{1,4}})\.", name))), default=0)


def must(found: Weights | None, path: Path, what: str) -> Weights:
    """The weights (BadInput if the file is no longer what it was)."""
    if found is None:
        raise BadInput(f"{path}: is no longer {what}")
    return found

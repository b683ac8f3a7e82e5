"""The weights in a file of tensors, their names without what wrappers put before them: what sources of single files look at. No torch."""

from __future__ import annotations

from collections.abc import Iterable
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
        from explorer.sources import tensor_file

        return tensor_file.tensors(self.path, self.where, self.prefix)


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


def must(found: Weights | None, path: Path, what: str) -> Weights:
    """The weights (BadInput if the file is no longer what it was)."""
    if found is None:
        raise BadInput(f"{path}: is no longer {what}")
    return found

"""The checkpoints of a recipe, found on this machine by name and known by their hash. No torch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from explorer import sources
from explorer.checkpoints.locate import named
from explorer.checkpoints.snapshots import SUFFIX
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Change, Edit, Lane
from explorer.recipe.told import Told

Finder = Callable[[str, str, Told | None], str]
"""From what a recipe calls a checkpoint, its hash and what was told of it to its path (BadInput)."""


def checkpoint_path(source: str, sha256: str, told: Told | None = None) -> str:
    """Path of a checkpoint of a recipe.

    Raises
    ------
    BadInput
        If it is missing, cannot be read, or is another than the recipe's.
    """
    try:
        path = sources.located(source)
    except BadInput:
        path = _of_the_app(source)
        if not os.path.isfile(path):
            raise
    try:
        found = sources.sha256(path, told)
    except OSError as error:  # a folder, or what may not be read
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    if found != sha256:
        raise BadInput(f"{path}: is not the checkpoint of the recipe ({sha256[:12]}…): with another one it is another picture")
    return str(path.resolve())


def _of_the_app(source: str) -> Path:
    """What an absolute path of another machine may mean here: the checkpoint that comes with the app under that name."""
    parts = source.replace("\\", "/").removesuffix(SUFFIX).split("/")
    known = named()
    return next((known[name] for name in ("/".join(parts[-2:]), parts[-1]) if name in known), Path(source))


def found(chain: ChainRecipe, finder: Finder = checkpoint_path) -> ChainRecipe:
    """The recipe with its checkpoints where they are on this machine, and without the branches that are no lanes (BadInput)."""
    return msgspec.structs.replace(chain, lanes=tuple(_found_lane(lane, finder) for lane in chain.lanes), branches=())


def _found_lane(lane: Lane, finder: Finder) -> Lane:
    edits = tuple(_found_edit(edit, finder) for edit in lane.edits)
    if lane.exact is not None:
        return msgspec.structs.replace(lane, edits=edits)
    return msgspec.structs.replace(lane, source=finder(lane.source, lane.checkpoint, lane.told), edits=edits)


def _found_edit(edit: Edit, finder: Finder) -> Edit:
    if isinstance(edit, Change) and edit.checkpoint:
        return msgspec.structs.replace(edit, source=finder(edit.source, edit.checkpoint, edit.told))
    return edit

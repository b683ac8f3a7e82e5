"""Find the checkpoints of a session again: files move when the app is installed anew, and shipped ones are replaced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from explorer.checkpoints.snapshots import name_of
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ChainRecipe, Change, Lane, PlaneRecipe
from explorer.recipe.told import Told
from explorer.state.session import Session, undone

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Unopened:
    """A checkpoint that a recipe names: its hash, where it lies, and what was told of it (as in `Lane`)."""

    checkpoint: str
    source: str
    told: Told | None


def relinked(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, tuple[str, ...]]:
    """`session` with its checkpoints where they are now, and the names of those that are others than they were.

    A checkpoint is found by its hash; failing that, one that came with the app by its name. What is found by
    neither stays as it is: the engine says so when it is used.
    """
    finder = _Finder(entries)
    parts = {name: getattr(session, name) for name in undone(session)}
    found = {name: msgspec.structs.replace(part, recipe=finder.found(part.recipe)) for name, part in parts.items()}
    return msgspec.structs.replace(session, **found), tuple(sorted(finder.replaced))


def relinked_recipe(recipe: ChainRecipe, entries: Sequence[LibraryEntry]) -> tuple[ChainRecipe, tuple[str, ...], tuple[str, ...]]:
    """A recipe from elsewhere with its checkpoints where they are here.

    Returns
    -------
    recipe : ChainRecipe
    replaced : tuple of str
        Names of shipped checkpoints that are others than they were.
    missing : tuple of str
        Checkpoints that its lanes need and that are not here, as the recipe calls them.
    """
    finder = _Finder(entries)
    found = finder.found(recipe)
    models = _models_of(found.lanes)
    lost = [each.source for each in models if not finder.knows(each.checkpoint) and not os.path.exists(each.source)]
    return found, tuple(sorted(finder.replaced)), tuple(dict.fromkeys(lost))


def relinked_plane(recipe: PlaneRecipe, entries: Sequence[LibraryEntry]) -> tuple[PlaneRecipe, tuple[str, ...], tuple[str, ...]]:
    """A plane's recipe from elsewhere, with its checkpoints where they are here; returns as of `relinked_recipe`."""
    finder = _Finder(entries)
    found = finder.found(recipe)
    # by its hash alone: a plane is opened by its place, so that another file there would be shown for it
    lost = [model.source for model in found.models if not finder.knows(model.checkpoint)]
    return found, tuple(sorted(finder.replaced)), tuple(dict.fromkeys(lost))


def unopened(recipe: ChainRecipe | PlaneRecipe, entries: Sequence[LibraryEntry]) -> tuple[Unopened, ...]:
    """Checkpoints that lie where a recipe says, and are not among `entries`: a fresh machine has not seen them yet."""
    finder = _Finder(entries)
    named = finder.found(recipe)
    models = _models_of(named.lanes) if isinstance(named, ChainRecipe) else named.models
    found = (Unopened(each.checkpoint, each.source, each.told) for each in models if each.checkpoint and not finder.knows(each.checkpoint))
    return tuple(dict.fromkeys(each for each in found if os.path.exists(each.source)))


def lost(lanes: Sequence[Lane], entries: Sequence[LibraryEntry]) -> tuple[Unopened, ...]:
    """Checkpoints that lanes name and that are not there: moved, deleted, replaced, or on a disk that is not."""
    finder = _Finder(entries)
    models = [each for each in _models_of(lanes) if each.checkpoint]
    gone = [each for each in models if not os.path.exists(each.source) or not finder.knows(each.checkpoint)]
    return tuple(dict.fromkeys(Unopened(each.checkpoint, each.source, each.told) for each in gone))


def _models_of(lanes: Sequence[Lane]) -> tuple[Lane | Change, ...]:
    """What names the checkpoints that lanes need: their own, and those that their edits go on with."""
    found: list[Lane | Change] = []
    for lane in lanes:
        found += [lane, *(edit for edit in lane.edits if isinstance(edit, Change))]
    return tuple(found)


class _Finder:
    """Goes through whatever a recipe is made of: what has a `checkpoint` and a `source` names a model."""

    def __init__(self, entries: Sequence[LibraryEntry]) -> None:
        usable = [entry for entry in entries if entry.card is not None]
        self._by_hash = {entry.sha256: entry for entry in reversed(usable)}
        self._by_name = {entry.name: entry for entry in usable if entry.shipped}
        self.replaced: set[str] = set()

    def knows(self, sha256: str) -> bool:
        """Whether a checkpoint is here, or none is named."""
        return not sha256 or sha256 in self._by_hash

    def found(self, part: S) -> S:
        """A part of a recipe with all that it names where it is now."""
        changed: dict[str, Any] = {}
        for name in part.__struct_fields__:
            value = getattr(part, name)
            now = self._inside(value)
            if now is not value:
                changed[name] = now
        if {"checkpoint", "source"} <= set(part.__struct_fields__):
            changed.update(self._model(part))
        return msgspec.structs.replace(part, **changed) if changed else part

    def _inside(self, value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return self.found(value)
        if isinstance(value, tuple):
            now = tuple(self._inside(item) for item in value)
            return value if all(one is other for one, other in zip(now, value, strict=True)) else now
        return value

    def _model(self, part: Any) -> dict[str, Any]:
        """Where the checkpoint is that a part names, and which option it is of if the part says one."""
        entry = self._find(part.checkpoint, part.source)
        if entry is None or entry.card is None:
            return {}
        place: dict[str, Any] = {"checkpoint": entry.sha256, "source": entry.path}
        if "told" in part.__struct_fields__:
            place["told"] = entry.told
        return place | ({"option": entry.card.option} if "option" in part.__struct_fields__ else {})

    def _find(self, sha256: str, source: str) -> LibraryEntry | None:
        if not sha256:
            return None
        same = self._by_hash.get(sha256)
        if same is not None:
            return same
        entry = self._by_name.get(name_of(source))
        if entry is None or (os.path.exists(source) and source != entry.path):
            return None  # the person's own file, whatever its name: what became of it is for them to see
        self.replaced.add(entry.name)
        return entry

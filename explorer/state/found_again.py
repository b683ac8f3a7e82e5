"""Find the checkpoints of a session again: files move when the app is installed anew, and shipped ones are replaced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from explorer.checkpoints.snapshots import name_of
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import BoundRecipe, ChainRecipe, Change, Edit, ForwardRecipe, Lane, PlaneModel, PlaneRecipe
from explorer.state.session import ChainState, Session


def relinked(session: Session, entries: Sequence[LibraryEntry]) -> tuple[Session, tuple[str, ...]]:
    """`session` with its checkpoints where they are now, and the names of those that are others than they were.

    A checkpoint is found by its hash; failing that, one that came with the app by its name. What is found by
    neither stays as it is: the engine says so when it is used.
    """
    finder = _Finder(entries)
    latent = msgspec.structs.replace(session.latent, recipe=finder.plane(session.latent.recipe))
    new = msgspec.structs.replace(session, reverse=finder.chain(session.reverse), compare=finder.chain(session.compare), latent=latent)
    objective = msgspec.structs.replace(session.objective, recipe=finder.bound(session.objective.recipe))
    forward = msgspec.structs.replace(session.forward, recipe=finder.model(session.forward.recipe))
    return msgspec.structs.replace(new, objective=objective, forward=forward), tuple(sorted(finder.replaced))


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
    found = finder.chain(ChainState(recipe=recipe)).recipe
    known = {entry.sha256 for entry in entries if entry.card is not None}
    models = [model for lane in found.lanes for model in _models_of(lane)]
    lost = [source for sha256, source in models if sha256 and sha256 not in known and not os.path.isfile(source)]
    return found, tuple(sorted(finder.replaced)), tuple(dict.fromkeys(lost))


def relinked_plane(recipe: PlaneRecipe, entries: Sequence[LibraryEntry]) -> tuple[PlaneRecipe, tuple[str, ...], tuple[str, ...]]:
    """A plane's recipe from elsewhere, with its checkpoints where they are here; returns as of `relinked_recipe`."""
    finder = _Finder(entries)
    found = finder.plane(recipe)
    known = {entry.sha256 for entry in entries if entry.card is not None}
    models = [(found.checkpoint, found.source), *((model.checkpoint, model.source) for model in found.beside)]
    lost = [source for sha256, source in models if sha256 and sha256 not in known]
    return found, tuple(sorted(finder.replaced)), tuple(dict.fromkeys(lost))


def _models_of(lane: Lane) -> tuple[tuple[str, str], ...]:
    """Hash and place of every checkpoint that a lane needs: its own, and those that its edits go on with."""
    changes = (edit for edit in lane.edits if isinstance(edit, Change))
    return (lane.checkpoint, lane.source), *((change.checkpoint, change.source) for change in changes)


_Model = TypeVar("_Model", PlaneRecipe, PlaneModel, ForwardRecipe)


class _Finder:
    def __init__(self, entries: Sequence[LibraryEntry]) -> None:
        usable = [entry for entry in entries if entry.card is not None]
        self._by_hash = {entry.sha256: entry for entry in reversed(usable)}
        self._by_name = {entry.name: entry for entry in usable if entry.shipped}
        self.replaced: set[str] = set()

    def chain(self, state: ChainState) -> ChainState:
        recipe = state.recipe
        lanes = tuple(self._lane(lane) for lane in recipe.lanes)
        branches = tuple(msgspec.structs.replace(branch, lane=self._lane(branch.lane)) for branch in recipe.branches)
        return msgspec.structs.replace(state, recipe=msgspec.structs.replace(recipe, lanes=lanes, branches=branches))

    def bound(self, recipe: BoundRecipe) -> BoundRecipe:
        return msgspec.structs.replace(recipe, lanes=tuple(self._lane(lane) for lane in recipe.lanes))

    def plane(self, recipe: PlaneRecipe) -> PlaneRecipe:
        beside = tuple(self.model(model) for model in recipe.beside)
        return msgspec.structs.replace(self.model(recipe), beside=beside)

    def model(self, model: _Model) -> _Model:
        entry = self._find(model.checkpoint, model.source)
        return model if entry is None else msgspec.structs.replace(model, checkpoint=entry.sha256, source=entry.path)

    def _lane(self, lane: Lane) -> Lane:
        if lane.edits:
            lane = msgspec.structs.replace(lane, edits=tuple(self._edit(edit) for edit in lane.edits))
        entry = self._find(lane.checkpoint, lane.source)
        if entry is None or entry.card is None:
            return lane
        return msgspec.structs.replace(lane, checkpoint=entry.sha256, source=entry.path, option=entry.card.option)

    def _edit(self, edit: Edit) -> Edit:
        entry = self._find(edit.checkpoint, edit.source) if isinstance(edit, Change) else None
        if entry is None or entry.card is None:
            return edit
        return msgspec.structs.replace(edit, checkpoint=entry.sha256, source=entry.path, option=entry.card.option)

    def _find(self, sha256: str, source: str) -> LibraryEntry | None:
        if not sha256:
            return None
        same = self._by_hash.get(sha256)
        if same is not None:
            return same
        entry = self._by_name.get(name_of(source))
        if entry is None or (os.path.isfile(source) and source != entry.path):
            return None  # the person's own file, whatever its name: what became of it is for them to see
        self.replaced.add(entry.name)
        return entry

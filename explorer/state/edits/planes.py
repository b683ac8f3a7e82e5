"""What a person can do to whose planes are shown, and to where they lie: state in, state out.

`which` is 0 for the first plane, i for the ith beside it.
"""

from __future__ import annotations

import msgspec

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_BESIDE, PlaneModel, PlaneRecipe, Slice
from explorer.state.session import LatentState

_replace = msgspec.structs.replace


def slice_of(recipe: PlaneRecipe, which: int = 0) -> Slice | None:
    """Slice of a plane."""
    if not which:
        return recipe.slice
    return recipe.beside[which - 1].slice if which <= len(recipe.beside) else None


def with_model(recipe: PlaneRecipe, entry: LibraryEntry) -> PlaneRecipe:
    """The first plane is that model's."""
    return _replace(recipe, checkpoint=entry.sha256, source=entry.path, told=entry.told)


def choose_checkpoint(state: LatentState, entry: LibraryEntry) -> LatentState:
    """Another model's plane; points and strokes keep their coordinates, but a slice was of the other model's space."""
    if state.recipe.checkpoint == entry.sha256:
        return state
    return _replace(state, recipe=with_model(_replace(state.recipe, slice=None), entry))


def show_snapshot(state: LatentState, entry: LibraryEntry, which: int) -> LatentState:
    """A plane at another moment of its run; all else stays where it is."""
    if which:
        return _with_beside(state, which, checkpoint=entry.sha256, source=entry.path, told=entry.told)
    return state if state.recipe.checkpoint == entry.sha256 else _replace(state, recipe=with_model(state.recipe, entry))


def link_plane(state: LatentState, entry: LibraryEntry, which: int = 0) -> LatentState:
    """Another model's plane: at the end, where there is room, or in the place of the `which`th beside the first."""
    beside, model = state.recipe.beside, PlaneModel(entry.sha256, entry.path, told=entry.told)
    if which:
        beside = (*beside[: which - 1], model, *beside[which:])
    elif len(beside) < MAX_BESIDE:
        beside = (*beside, model)
    return _replace(state, recipe=_replace(state.recipe, beside=beside))


def unlink_plane(state: LatentState, which: int) -> LatentState:
    """Without the `which`th plane beside the first."""
    beside = state.recipe.beside
    return _replace(state, recipe=_replace(state.recipe, beside=beside[: which - 1] + beside[which:]))


def set_slice(state: LatentState, slice_: Slice | None, which: int) -> LatentState:
    """Another plane through the latent space of a model; it is the one that is steered."""
    if which:
        return _replace(_with_beside(state, which, slice=slice_), sliced=which)
    return _replace(state, recipe=_replace(state.recipe, slice=slice_), sliced=0)


def another_random(state: LatentState, which: int) -> LatentState:
    """A plane in other random directions."""
    slice_ = slice_of(state.recipe, which)
    return set_slice(state, Slice("random", seed=0 if slice_ is None else slice_.seed + 1), which)


def move_off(state: LatentState, off: tuple[float, ...], which: int) -> LatentState:
    """A plane moved along its remaining directions, by so much along each."""
    slice_ = slice_of(state.recipe, which) or Slice()
    now = (*slice_.offsets, *(0.0,) * (len(off) - len(slice_.offsets)))
    offsets = tuple(before + by for before, by in zip(now, off, strict=True))
    return set_slice(state, _replace(slice_, offsets=offsets), which)


def through_encoded(state: LatentState, which: int) -> LatentState:
    """A plane moved the shortest way to the code of the test image or the file that is encoded; as it is where that is a drawing."""
    encoded, slice_ = state.recipe.encoded, slice_of(state.recipe, which) or Slice()
    if encoded.image is not None:
        return set_slice(state, _replace(slice_, image=encoded.image, picture="", offsets=()), which)
    through = _replace(slice_, image=None, picture=encoded.picture, picture_background=encoded.background, offsets=())
    return set_slice(state, through, which) if encoded.picture else state


def to_the_middle(state: LatentState, which: int) -> LatentState:
    """A plane at 0 along its remaining directions."""
    slice_ = slice_of(state.recipe, which)
    return state if slice_ is None else set_slice(state, _replace(slice_, offsets=(), image=None, picture=""), which)


def _with_beside(state: LatentState, which: int, **fields: object) -> LatentState:
    """Fields of the `which`th plane beside the first."""
    beside = list(state.recipe.beside)
    beside[which - 1] = _replace(beside[which - 1], **fields)
    return _replace(state, recipe=_replace(state.recipe, beside=tuple(beside)))

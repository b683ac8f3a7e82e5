"""Which of the planes side by side can be written as a page, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from explorer.recipe import PlaneRecipe, Slice
from explorer.state.library import Library
from explorer.state.session import LatentState
from explorer.views.latent.entries import dimensions, resolve
from explorer.widgets.look.language import tr


@dataclass(frozen=True, slots=True)
class PagedPlane:
    """A plane as a page would have it.

    Attributes
    ----------
    which : int
        0 the first, i the ith beside it.
    title : str
    path : str
        Its checkpoint's.
    recipe : PlaneRecipe
        Of this plane alone, with the points and strokes that go through all.
    """

    which: int
    title: str
    path: str
    recipe: PlaneRecipe


def paged_planes(state: LatentState, library: Library) -> tuple[PagedPlane, ...]:
    """Those whose checkpoints are here."""
    found = []
    for which, model in enumerate(state.recipe.models):
        entry = resolve(state.recipe, library, which)
        if entry is not None:
            recipe = replace(
                state.recipe, checkpoint=entry.sha256, source=entry.path, slice=model.slice, told=model.told, beside=()
            )  # fmt: skip
            sliced = tr(" · {slice}", slice=slice_title(model.slice or Slice())) if dimensions(entry) > 2 else ""
            found.append(PagedPlane(which, tr("{which}: {name}", which=which + 1, name=entry.name) + sliced, entry.path, recipe))
    return tuple(found)


def slice_title(chosen: Slice) -> str:
    """Which plane of more than two dimensions it is, in a few words, numbered as the inspector does."""
    if chosen.kind == "components":
        return tr("PC {first} and {second}", first=chosen.first + 1, second=chosen.second + 1)
    if chosen.kind == "axes":
        return tr("axes {first} and {second}", first=chosen.first + 1, second=chosen.second + 1)
    if chosen.kind == "images":
        return tr("through images {numbers}", numbers=", ".join(map(str, chosen.images)))
    if chosen.kind == "pictures":
        return tr("through {count} pictures", count=len(chosen.pictures))
    return tr("random plane {number}", number=chosen.seed + 1) if chosen.kind == "random" else tr("through three codes")

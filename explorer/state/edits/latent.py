"""What the person can do to the plane, one function a verb: each replaces the session's latent state."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
import numpy as np

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_BESIDE, PlaneModel, PlaneRecipe, Point, PriorSamples, Slice, Spacing, Stroke, StrokeShape
from explorer.state.store import Store

Item = Point | Stroke
CLASSES = tuple(range(10))
BETWEEN = ("line", "spherical", "geodesic")
"""Shapes that need only two ends."""


def item_named(recipe: PlaneRecipe, name: str) -> Item | None:
    """The point or stroke of that name."""
    return next((item for item in items(recipe) if item.name == name), None)


def items(recipe: PlaneRecipe) -> tuple[Item, ...]:
    """Points, then strokes."""
    return (*recipe.points, *recipe.strokes)


def choose_checkpoint(store: Store, entry: LibraryEntry) -> None:
    """Show another model's plane; points and strokes keep their coordinates."""
    recipe = store.session.latent.recipe
    if recipe.checkpoint != entry.sha256:
        recipe = msgspec.structs.replace(recipe, slice=None)  # it was of the other model's space
        store.update_latent(f"show {entry.name}", recipe=_with_model(recipe, entry))


def show_snapshot(store: Store, entry: LibraryEntry, which: int, merge: str = "") -> None:
    """Show the first plane, or the `which`th beside it, at another moment of its run; all else stays where it is.

    A whole drag over training time is one change: give its moves one `merge`, and end it with `Store.end_merge`.
    """
    recipe, label = store.session.latent.recipe, f"show {entry.name}"
    if which:
        beside = list(recipe.beside)
        beside[which - 1] = msgspec.structs.replace(beside[which - 1], checkpoint=entry.sha256, source=entry.path)
        store.update_latent(label, merge, recipe=msgspec.structs.replace(recipe, beside=tuple(beside)))
    elif recipe.checkpoint != entry.sha256:
        store.update_latent(label, merge, recipe=_with_model(recipe, entry))


def add_point(store: Store, entry: LibraryEntry, x: float, y: float) -> str:
    """Put a point on the plane and select it; its name."""
    recipe = _with_model(store.session.latent.recipe, entry)
    name = free_name("P", _names(recipe))
    recipe = msgspec.structs.replace(recipe, points=(*recipe.points, Point(name, x, y)))
    store.update_latent(f"add {name}", recipe=recipe, selected=name)
    return name


def add_stroke(store: Store, entry: LibraryEntry, path: np.ndarray, shape: StrokeShape = "free") -> str:
    """Put a painted stroke on the plane and select it; its name. `path` (M, 2) are its nodes."""
    recipe = _with_model(store.session.latent.recipe, entry)
    name = free_name("Stroke ", _names(recipe))
    corners = tuple((float(x), float(y)) for x, y in path)
    recipe = msgspec.structs.replace(recipe, strokes=(*recipe.strokes, Stroke(name, corners, shape=shape)))
    store.update_latent(f"paint {name}", recipe=recipe, selected=name, frame=0, strip="stroke")
    return name


def carry(store: Store, item: Item) -> None:
    """Move a point or a stroke; a whole drag is one change: end it with `Store.end_merge`."""
    _put(store, item.name, item, f"move {item.name}", f"latent.move.{item.name}")


def rename(store: Store, name: str, wanted: str) -> None:
    """Give an item another name, unless it is empty or taken."""
    item, wanted = item_named(store.session.latent.recipe, name), wanted.strip()[:32]
    if item is None or not wanted or item_named(store.session.latent.recipe, wanted) is not None:
        return
    ends = tuple(wanted if end == name else end for end in store.session.latent.ends)
    _put(store, name, msgspec.structs.replace(item, name=wanted), f"rename {name}", selected=wanted, ends=ends)


def set_frames(store: Store, name: str, frames: int) -> None:
    """Decode a stroke at so many even distances."""
    item = item_named(store.session.latent.recipe, name)
    if isinstance(item, Stroke) and item.frames != frames:
        frame = min(store.session.latent.frame, frames - 1)
        _put(store, name, msgspec.structs.replace(item, frames=frames), f"frames of {name}", f"latent.frames.{name}", frame=frame)


def set_spacing(store: Store, name: str, spacing: Spacing) -> None:
    """Decode a stroke at even distances on the plane, or between decoded images."""
    item = item_named(store.session.latent.recipe, name)
    if isinstance(item, Stroke) and item.spacing != spacing:
        _put(store, name, msgspec.structs.replace(item, spacing=spacing), f"steps of {name}")


def set_shape(store: Store, name: str, shape: StrokeShape) -> None:
    """Lead a stroke between its ends another way: "line", "spherical" or "geodesic"."""
    item = item_named(store.session.latent.recipe, name)
    if isinstance(item, Stroke) and item.shape != shape:
        path = (item.path[0], item.path[-1]) if shape in BETWEEN else item.path
        _put(store, name, msgspec.structs.replace(item, shape=shape, path=path), f"shape of {name}")


def toggle_lock(store: Store, name: str) -> None:
    """Keep a point where it is, or let it go."""
    item = item_named(store.session.latent.recipe, name)
    if isinstance(item, Point):
        _put(store, name, msgspec.structs.replace(item, locked=not item.locked), f"{'unlock' if item.locked else 'lock'} {name}")


def show_paths(store: Store, first: str, second: str) -> None:
    """Show the paths between two points."""
    store.update_latent(ends=(first, second), strip="paths", frame=0)


def sample_prior(store: Store, count: int) -> None:
    """Draw codes from the prior; again, others."""
    recipe = store.session.latent.recipe
    seed = 0 if recipe.prior is None else recipe.prior.seed + 1
    prior = PriorSamples(count if recipe.prior is None else recipe.prior.count, seed)
    recipe = msgspec.structs.replace(recipe, prior=prior)
    store.update_latent("sample the prior", "latent.prior", recipe=recipe, strip="samples", frame=0)


def remove_samples(store: Store) -> None:
    """Take the random codes off the plane."""
    recipe = msgspec.structs.replace(store.session.latent.recipe, prior=None)
    store.update_latent("remove samples", recipe=recipe, strip="stroke", frame=0)


def link_plane(store: Store, entry: LibraryEntry, which: int = 0) -> None:
    """Link another model's plane: at the end, or in the place of the `which`th beside the first."""
    recipe, model = store.session.latent.recipe, PlaneModel(entry.sha256, entry.path)
    beside = list(recipe.beside)
    if which:
        beside[which - 1] = model
    elif len(beside) < MAX_BESIDE:
        beside.append(model)
    store.update_latent(f"{entry.name} beside", recipe=msgspec.structs.replace(recipe, beside=tuple(beside)))


def unlink_plane(store: Store, which: int) -> None:
    """Take the `which`th plane beside the first away."""
    recipe = store.session.latent.recipe
    beside = tuple(model for index, model in enumerate(recipe.beside, start=1) if index != which)
    store.update_latent("one plane less", recipe=msgspec.structs.replace(recipe, beside=beside))


def set_slice(store: Store, slice_: Slice | None, which: int = 0, merge: str = "") -> None:
    """Show another plane through the latent space of the first model, or of the `which`th beside it."""
    recipe = store.session.latent.recipe
    if which:
        beside = list(recipe.beside)
        beside[which - 1] = msgspec.structs.replace(beside[which - 1], slice=slice_)
        recipe = msgspec.structs.replace(recipe, beside=tuple(beside))
    else:
        recipe = msgspec.structs.replace(recipe, slice=slice_)
    store.update_latent("another slice", f"{merge}.{which}" if merge else "", recipe=recipe, sliced=which)


def as_text(recipe: PlaneRecipe, name: str) -> str:
    """The selected point or stroke as text: a line each, tab between the numbers; all points where nothing is selected."""
    item = item_named(recipe, name)
    if isinstance(item, Stroke):
        return "\n".join(f"{x:.9g}\t{y:.9g}" for x, y in item.path)
    points = (item,) if isinstance(item, Point) else recipe.points
    return "\n".join(f"{p.name}\t{p.x:.9g}\t{p.y:.9g}" for p in points)


def delete(store: Store, name: str) -> None:
    """Take a point or a stroke away."""
    recipe = store.session.latent.recipe
    if item_named(recipe, name) is None:
        return
    points = tuple(p for p in recipe.points if p.name != name)
    strokes = tuple(s for s in recipe.strokes if s.name != name)
    selected = "" if store.session.latent.selected == name else store.session.latent.selected
    store.update_latent(f"delete {name}", recipe=msgspec.structs.replace(recipe, points=points, strokes=strokes), selected=selected)


def select(store: Store, name: str) -> None:
    """Select an item, or nothing."""
    state = store.session.latent
    if name != state.selected:
        stroke = isinstance(item_named(state.recipe, name), Stroke)
        strip = "stroke" if stroke else state.strip
        store.update_latent(selected=name, frame=0 if stroke else state.frame, strip=strip)


def toggle_class(store: Store, label: int) -> None:
    """Hide a class's codes, or show them again."""
    hidden = set(store.session.latent.hidden_classes) ^ {label}
    store.update_latent(hidden_classes=tuple(sorted(hidden)))


def only_class(store: Store, label: int) -> None:
    """Show one class alone; all of them, if it already is."""
    others = tuple(c for c in CLASSES if c != label)
    store.update_latent(hidden_classes=() if store.session.latent.hidden_classes == others else others)


def free_name(stem: str, taken: Iterable[str]) -> str:
    """The stem with the smallest number that is not taken."""
    numbers = {int(m[1]) for name in taken if (m := re.fullmatch(re.escape(stem) + r"(\d{1,9})", name))}
    return f"{stem}{next(n for n in range(1, len(numbers) + 2) if n not in numbers)}"


def _names(recipe: PlaneRecipe) -> list[str]:
    return [item.name for item in items(recipe)]


def _with_model(recipe: PlaneRecipe, entry: LibraryEntry) -> PlaneRecipe:
    return msgspec.structs.replace(recipe, checkpoint=entry.sha256, source=entry.path)


def _put(store: Store, name: str, item: Item, label: str, merge: str = "", **fields: object) -> None:
    """Replace the item called `name`."""
    recipe = store.session.latent.recipe
    points = tuple(item if p.name == name and isinstance(item, Point) else p for p in recipe.points)
    strokes = tuple(item if s.name == name and isinstance(item, Stroke) else s for s in recipe.strokes)
    recipe = msgspec.structs.replace(recipe, points=points, strokes=strokes)
    store.update_latent(label, merge, recipe=recipe, **fields)

"""What the person can do to the plane, one function a verb: each replaces the session's latent state."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
import numpy as np

from explorer.engine.messages import LibraryEntry
from explorer.recipe import PlaneRecipe, Point, Stroke
from explorer.state.store import Store

Item = Point | Stroke
CLASSES = tuple(range(10))


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
        store.update_latent(f"show {entry.name}", recipe=_with_model(recipe, entry))


def add_point(store: Store, entry: LibraryEntry, x: float, y: float) -> str:
    """Put a point on the plane and select it; its name."""
    recipe = _with_model(store.session.latent.recipe, entry)
    name = free_name("P", _names(recipe))
    recipe = msgspec.structs.replace(recipe, points=(*recipe.points, Point(name, x, y)))
    store.update_latent(f"add {name}", recipe=recipe, selected=name)
    return name


def add_stroke(store: Store, entry: LibraryEntry, path: np.ndarray) -> str:
    """Put a painted stroke (M, 2) on the plane and select it; its name."""
    recipe = _with_model(store.session.latent.recipe, entry)
    name = free_name("Stroke ", _names(recipe))
    corners = tuple((float(x), float(y)) for x, y in path)
    recipe = msgspec.structs.replace(recipe, strokes=(*recipe.strokes, Stroke(name, corners)))
    store.update_latent(f"paint {name}", recipe=recipe, selected=name, frame=0)
    return name


def carry(store: Store, item: Item) -> None:
    """Move a point or a stroke; a whole drag is one change: end it with `Store.end_merge`."""
    _put(store, item.name, item, f"move {item.name}", f"latent.move.{item.name}")


def rename(store: Store, name: str, wanted: str) -> None:
    """Give an item another name, unless it is empty or taken."""
    item, wanted = item_named(store.session.latent.recipe, name), wanted.strip()[:32]
    if item is None or not wanted or item_named(store.session.latent.recipe, wanted) is not None:
        return
    _put(store, name, msgspec.structs.replace(item, name=wanted), f"rename {name}", selected=wanted)


def set_frames(store: Store, name: str, frames: int) -> None:
    """Decode a stroke at so many even distances."""
    item = item_named(store.session.latent.recipe, name)
    if isinstance(item, Stroke) and item.frames != frames:
        frame = min(store.session.latent.frame, frames - 1)
        _put(store, name, msgspec.structs.replace(item, frames=frames), f"frames of {name}", f"latent.frames.{name}", frame=frame)


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
        store.update_latent(selected=name, frame=0 if stroke else state.frame)


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

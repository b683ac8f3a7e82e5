"""What a person can do to the points, strokes and codes on the plane: state in, state out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import PlaneRecipe, Point, PriorSamples, Spacing, Stroke, StrokeShape
from explorer.state.edits.code_chains import remove as remove_chains
from explorer.state.edits.encoding import remove_draws, something
from explorer.state.edits.planes import with_model
from explorer.state.session import LatentState, StripName, ToolName

_replace = msgspec.structs.replace

Item = Point | Stroke
CLASSES = tuple(range(10))
BETWEEN: tuple[StrokeShape, ...] = ("line", "spherical", "geodesic")
"""Shapes that need only two ends."""
SHAPES: dict[ToolName, StrokeShape] = {"stroke": "free", "line": "line", "circle": "circle", "geodesic": "geodesic"}
"""Of the stroke that each tool paints."""
SAMPLES = 64
NAME_LENGTH = 32


# --- what there is


def item_named(recipe: PlaneRecipe, name: str) -> Item | None:
    """The point or stroke of that name."""
    return next((item for item in items(recipe) if item.name == name), None)


def items(recipe: PlaneRecipe) -> tuple[Item, ...]:
    """Points, then strokes."""
    return (*recipe.points, *recipe.strokes)


def strip_of(state: LatentState) -> StripName:
    """What the strip shows: what was chosen, where there is something for it; undo may have taken that away."""
    recipe = state.recipe
    there = {
        "stroke": True,
        "samples": recipe.prior is not None,
        "posterior": recipe.encoded.draws is not None and something(state),
        "chains": recipe.chains is not None,
        "paths": len(state.ends) == 2 and all(isinstance(item_named(recipe, name), Point) for name in state.ends),
    }
    return state.strip if there[state.strip] else "stroke"


def as_text(recipe: PlaneRecipe, name: str) -> str:
    """The selected point or stroke as text: a line each, tab between the numbers; all points where nothing is selected."""
    item = item_named(recipe, name)
    if isinstance(item, Stroke):
        return "\n".join(f"{x:.9g}\t{y:.9g}" for x, y in item.path)
    points = (item,) if isinstance(item, Point) else recipe.points
    return "\n".join(f"{p.name}\t{p.x:.9g}\t{p.y:.9g}" for p in points)


# --- points and strokes


def add_point(state: LatentState, entry: LibraryEntry, x: float, y: float) -> LatentState:
    """One more point, selected."""
    recipe = with_model(state.recipe, entry)
    name = free_name("P", (item.name for item in items(recipe)))
    return _replace(state, recipe=_replace(recipe, points=(*recipe.points, Point(name, x, y))), selected=name)


def add_points(state: LatentState, entry: LibraryEntry, found: Sequence[tuple[str, tuple[float, float]]]) -> LatentState:
    """Points of these names, with a number where a name is taken; the last one is selected."""
    recipe = with_model(state.recipe, entry)
    for stem, (x, y) in found:
        taken = {item.name for item in items(recipe)}
        stem = stem[: NAME_LENGTH - 5].strip() or "P"
        name = free_name(f"{stem} ", taken) if stem in taken else stem
        recipe = _replace(recipe, points=(*recipe.points, Point(name, x, y)))
    return _replace(state, recipe=recipe, selected=recipe.points[-1].name if found else state.selected)


def add_stroke(state: LatentState, entry: LibraryEntry, path: np.ndarray) -> LatentState:
    """One more stroke, as the tool paints it, selected; `path` (M, 2) are its nodes."""
    recipe = with_model(state.recipe, entry)
    name = free_name("Stroke ", (item.name for item in items(recipe)))
    corners = tuple((float(x), float(y)) for x, y in path)
    recipe = _replace(recipe, strokes=(*recipe.strokes, Stroke(name, corners, shape=SHAPES.get(state.tool, "free"))))
    return _replace(state, recipe=recipe, selected=name, frame=0, strip="stroke")


def carry(state: LatentState, item: Item) -> LatentState:
    """A point or a stroke as it is now, in the place of the one of its name."""
    return _with_item(state, item.name, item)


def place(state: LatentState, name: str, x: float, y: float) -> LatentState:
    """A point at other coordinates."""
    item = item_named(state.recipe, name)
    return _with_item(state, name, _replace(item, x=x, y=y)) if isinstance(item, Point) else state


def nudge(state: LatentState, dx: float, dy: float) -> LatentState:
    """The selected point a little further, unless it is locked."""
    item = item_named(state.recipe, state.selected)
    return place(state, item.name, item.x + dx, item.y + dy) if isinstance(item, Point) and not item.locked else state


def set_locked(state: LatentState, name: str, locked: bool) -> LatentState:
    """Keep a point where it is, or let it go."""
    item = item_named(state.recipe, name)
    return _with_item(state, name, _replace(item, locked=locked)) if isinstance(item, Point) else state


def rename(state: LatentState, name: str, wanted: str) -> LatentState:
    """Another name for an item, unless it is empty or taken."""
    item, wanted = item_named(state.recipe, name), wanted.strip()[:NAME_LENGTH]
    if item is None or not wanted or item_named(state.recipe, wanted) is not None:
        return state
    ends = tuple(wanted if end == name else end for end in state.ends)
    return _replace(_with_item(state, name, _replace(item, name=wanted)), selected=wanted, ends=ends)


def set_frames(state: LatentState, name: str, frames: int) -> LatentState:
    """A stroke decoded at so many even distances."""
    item = item_named(state.recipe, name)
    if not isinstance(item, Stroke) or item.frames == frames:
        return state
    return _replace(_with_item(state, name, _replace(item, frames=frames)), frame=min(state.frame, frames - 1))


def set_spacing(state: LatentState, name: str, spacing: Spacing) -> LatentState:
    """A stroke decoded at even distances on the plane, or between decoded images."""
    item = item_named(state.recipe, name)
    return _with_item(state, name, _replace(item, spacing=spacing)) if isinstance(item, Stroke) else state


def set_shape(state: LatentState, name: str, shape: StrokeShape) -> LatentState:
    """A stroke led another way between its ends: "line", "spherical" or "geodesic"."""
    item = item_named(state.recipe, name)
    if not isinstance(item, Stroke) or item.shape == shape:
        return state
    path = (item.path[0], item.path[-1]) if shape in BETWEEN else item.path
    return _with_item(state, name, _replace(item, shape=shape, path=path))


def delete(state: LatentState, name: str) -> LatentState:
    """One point or stroke less."""
    recipe = state.recipe
    points = tuple(p for p in recipe.points if p.name != name)
    strokes = tuple(s for s in recipe.strokes if s.name != name)
    selected = "" if state.selected == name else state.selected
    return _replace(state, recipe=_replace(recipe, points=points, strokes=strokes), selected=selected)


def select(state: LatentState, name: str) -> LatentState:
    """Look at an item, or at none; a stroke takes the strip, from its beginning."""
    if name == state.selected:
        return state
    if isinstance(item_named(state.recipe, name), Stroke):
        return _replace(state, selected=name, frame=0, strip="stroke")
    return _replace(state, selected=name)


def free_name(stem: str, taken: Iterable[str]) -> str:
    """The stem with the smallest number that is not taken."""
    numbers = {int(m[1]) for name in taken if (m := re.fullmatch(re.escape(stem) + r"(\d{1,9})", name))}
    return f"{stem}{next(n for n in range(1, len(numbers) + 2) if n not in numbers)}"


# --- the strip


def show_paths(state: LatentState, first: str, second: str) -> LatentState:
    """The paths between two points."""
    return _replace(state, ends=(first, second), strip="paths", frame=0)


def toggle_paths(state: LatentState) -> LatentState:
    """The paths between the selected point, or the last, and the one before it; or the stroke again."""
    points = [p.name for p in state.recipe.points]
    if strip_of(state) == "paths" or len(points) < 2:
        return _show_stroke(state)
    last = state.selected if state.selected in points else points[-1]
    return show_paths(state, next(name for name in reversed(points) if name != last), last)


def sample_prior(state: LatentState) -> LatentState:
    """Codes drawn from the prior; again, others."""
    before = state.recipe.prior
    prior = PriorSamples(SAMPLES, 0) if before is None else PriorSamples(before.count, before.seed + 1)
    return _replace(state, recipe=_replace(state.recipe, prior=prior), strip="samples", frame=0)


def remove_samples(state: LatentState) -> LatentState:
    """The random codes off the plane, and out of the strip."""
    return _show_stroke(_replace(state, recipe=_replace(state.recipe, prior=None)))


def close_strip(state: LatentState) -> LatentState:
    """The stroke in the strip again; random codes or chains that it showed are gone."""
    strip = strip_of(state)
    if strip == "samples":
        return remove_samples(state)
    if strip == "chains":
        return remove_chains(state)
    return _show_stroke(remove_draws(state) if strip == "posterior" else state)


def _show_stroke(state: LatentState) -> LatentState:
    return _replace(state, strip="stroke", frame=0)


# --- layers and classes


def toggle_layer(state: LatentState, layer: str) -> LatentState:
    """Show "codes", the "manifold" or the "prior", or hide it."""
    return _replace(state, **{layer: not getattr(state, layer)})


def toggle_class(state: LatentState, label: int) -> LatentState:
    """Hide a class's codes, or show them again."""
    return _replace(state, hidden_classes=tuple(sorted(set(state.hidden_classes) ^ {label})))


def only_class(state: LatentState, label: int) -> LatentState:
    """One class alone; all of them, if it already is."""
    others = tuple(c for c in CLASSES if c != label)
    return _replace(state, hidden_classes=() if state.hidden_classes == others else others)


def _with_item(state: LatentState, name: str, item: Item) -> LatentState:
    """The item called `name` replaced."""
    recipe = state.recipe
    points = tuple(item if p.name == name and isinstance(item, Point) else p for p in recipe.points)
    strokes = tuple(item if s.name == name and isinstance(item, Stroke) else s for s in recipe.strokes)
    return _replace(state, recipe=_replace(recipe, points=points, strokes=strokes))

"""What the strip under the planes shows, from what the planes know."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from explorer.engine.messages import CodesDrawn
from explorer.recipe import Recipe, Stroke
from explorer.state.session import LatentState
from explorer.views.latent import verbs
from explorer.views.latent.facts import number
from explorer.views.latent.pane import PlanePane
from explorer.views.latent.paths import BETWEEN, FRAMES
from explorer.views.latent.strip_panel import HINT, SELECT_HINT, StripContent, StripRow
from explorer.widgets.plane_overlays import PATH_COLOURS

PATH_NAMES = {"line": "Straight line", "spherical": "Spherical", "geodesic": "Geodesic"}


def strip_content(state: LatentState, panes: Sequence[PlanePane]) -> StripContent:
    """A stroke, random samples, draws from a posterior, or the paths between two points."""
    if state.strip == "paths" and len(state.ends) == 2:
        return _paths(state, panes[0])
    if state.strip == "samples" and state.recipe.prior is not None:
        count = state.recipe.prior.count
        shares = [_share(pane.draws) for pane in panes]
        note = f"{count} of N(0, I)" + (f"\n{shares[0]}" if len(panes) == 1 and shares[0] else "")
        return StripContent("Prior samples", note, _rows(panes, shares), closable=True, message="Being drawn…")
    if state.strip == "posterior":
        words = "of q(z|x), within 2 σ" if panes[0].variational else "an AE: a point"
        return StripContent("Draws", words, _rows(panes, [_share(pane.draws) for pane in panes]), closable=True, message="Being drawn…")
    item = verbs.item_named(state.recipe, state.selected)
    stroke = item if isinstance(item, Stroke) else None
    rows = tuple(StripRow(_name(pane), "", None if pane.stroke is None else pane.stroke.tiles) for pane in panes)
    if stroke is None:
        return StripContent(rows=rows[:1], message=SELECT_HINT if state.recipe.strokes else HINT)
    return StripContent(stroke.name, f"{stroke.frames} frames", rows, playable=True)


def strip_recipe(state: LatentState) -> Recipe:
    """What makes the strip's pictures again: the model with the stroke, the paths, the samples or the drawing alone."""
    item, recipe = verbs.item_named(state.recipe, state.selected), state.recipe
    strokes: tuple[Stroke, ...] = (item,) if isinstance(item, Stroke) and state.strip == "stroke" else ()
    if state.strip == "paths":
        ends = tuple((p.x, p.y) for name in state.ends for p in recipe.points if p.name == name)
        strokes = tuple(Stroke(PATH_NAMES[shape], ends, FRAMES, shape) for shape in BETWEEN)
    prior = recipe.prior if state.strip == "samples" else None
    drawing = recipe.drawing if state.strip == "posterior" else ()
    return Recipe(plane=msgspec.structs.replace(recipe, points=(), strokes=strokes, prior=prior, drawing=drawing))


def _rows(panes: Sequence[PlanePane], notes: Sequence[str]) -> tuple[StripRow, ...]:
    return tuple(
        StripRow(_name(pane), note, None if pane.draws is None else pane.draws.tiles) for pane, note in zip(panes, notes, strict=True)
    )


def _name(pane: PlanePane) -> str:
    return "" if pane.entry is None else pane.entry.name


def _share(draws: CodesDrawn | None) -> str:
    """Share of decodings that the classifier reads with confidence over 0.9."""
    if draws is None or not np.isfinite(draws.confident):
        return ""
    return f"{100 * draws.confident:.0f} % read > 0.9"


def _paths(state: LatentState, pane: PlanePane) -> StripContent:
    rows = []
    for shape, name in PATH_NAMES.items():
        shown = pane.paths.get(shape)
        note = "" if shown is None else f"{number(shown.plane_length, 2)} · images {number(shown.image_length, 1)}"
        rows.append(StripRow(name, note, None if shown is None else shown.tiles, PATH_COLOURS[shape]))
    return StripContent(f"{state.ends[0]} → {state.ends[1]}", "plane and image\nlengths beside", tuple(rows), playable=True, closable=True)

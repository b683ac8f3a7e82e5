"""A latent plane as a page of its own."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import msgspec
import numpy as np

from explorer.datasets.shipped import shipped, title_of
from explorer.engine.desk import Desk
from explorer.engine.latent.encoding import encode_images
from explorer.engine.latent.export_messages import ExportPlane, PlaneExported, PreviewPlane
from explorer.engine.latent.messages import CodesShown, EncodeImages, StrokeShown
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.latent.strip_export import portable
from explorer.engine.latent.strips import stroke_question
from explorer.engine.latent.strokes import show_stroke
from explorer.engine.models import devices
from explorer.engine.models.export_messages import ExportPreviewed
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.exports.atomic import check_out, whole
from explorer.exports.page.plane import PagedPlane, check_size, plane_page, size_of
from explorer.latent.graph import Graph
from explorer.latent.graph_of import graph_of
from explorer.latent.plane import strengths
from explorer.recipe import Encoded, PlaneRecipe, Recipe

CODES = 10_000
"""Test images of a plane at most."""


def export_plane(request: ExportPlane, desk: Desk) -> Steps:
    """Answer an ExportPlane; None is a cancel point.

    Raises
    ------
    BadInput
        If the checkpoint has no plane, its decoder cannot run in a page, or the file cannot be written.
    """
    out, recipe = Path(request.out), request.recipe.plane
    assert recipe is not None
    check_out(out, (".html",))
    plane = yield from open_plane(request.path, recipe.slice, desk.of(Models), recipe.told)
    graph = _graph(request.path, plane)
    codes = yield from _codes(request.path, recipe, desk)
    outlines: list[tuple[str, np.ndarray]] = []
    for stroke in recipe.strokes:
        for outcome in show_stroke(stroke_question(request.path, stroke, recipe.slice, recipe.told), desk):
            yield None
            if isinstance(outcome, StrokeShown) and not outcome.partial:
                outlines.append((stroke.name, np.asarray(outcome.outline)))
    # decoders run in fp32 whatever the engine samples in
    arithmetic = devices.recorded(desk.of(Models).device, "fp32")
    kept = msgspec.structs.replace(portable(Recipe(plane=_shown(recipe))), arithmetic=arithmetic)
    assert kept.plane is not None
    known, config = shipped(codes.name), plane.model.config
    paged = PagedPlane(
        Path(kept.plane.source).stem, graph, config.code, config.variational, codes.codes, codes.labels,
        strengths(codes.distances, codes.spread, codes.dimensions), known.short_classes if known is not None else (),
        title_of(codes.name) if codes.name else "", codes.origin, codes.origin_distance, recipe.points, outlines, recipe.slice,
    )  # fmt: skip
    text = plane_page(paged, kept)
    yield None
    with whole(out) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    yield PlaneExported(request.out, len(text.encode()), len(codes.codes))


def preview_plane(request: PreviewPlane, desk: Desk) -> Steps:
    """Answer a PreviewPlane (BadInput if its decoder cannot run in a page)."""
    plane = yield from open_plane(request.path, request.slice, desk.of(Models), request.told)
    yield ExportPreviewed(None, nbytes=size_of(_graph(request.path, plane), CODES))


def _graph(path: str, plane: OpenPlane) -> Graph:
    try:
        graph = graph_of(plane.model, None if plane.model.config.code == 2 else plane.slice)
        check_size(graph)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    return graph


def _codes(path: str, recipe: PlaneRecipe, desk: Desk) -> Generator[None, None, CodesShown]:
    """The test images' codes, returned."""
    found: CodesShown | None = None
    for outcome in encode_images(EncodeImages(path, CODES, recipe.slice, told=recipe.told), desk):
        yield None
        if isinstance(outcome, CodesShown):
            found = outcome
    assert found is not None
    return found


def _shown(recipe: PlaneRecipe) -> PlaneRecipe:
    """What a page shows of a plane: its slice, its points, its strokes."""
    return msgspec.structs.replace(recipe, grid=None, prior=None, chains=None, beside=(), drawing=(), codes=(), encoded=Encoded())

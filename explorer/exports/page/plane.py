"""The page of a latent plane: its codes, and its decoder as numbers, which the page's script runs."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from explorer.exports.colours import CLASS_COLOURS, NO_CLASS
from explorer.exports.page.whole import Content, footer_of, header_of, whole_page
from explorer.latent.graph import Graph, Layer
from explorer.latent.plane import PRIOR_MASSES, Extent, extent_of, prior_radius
from explorer.recipe import Point, Recipe, Slice

MOST_WEIGHT_BYTES = 2_850_000
"""Of a decoder: within a page they take a third more, and a page has at most 4 MB."""
CODE_BYTES, AROUND = 14, 60_000
"""Of a code within a page, and of a page without decoder and codes: style, script, words and recipe, as they usually are."""
MOST_PLACES = 400
"""Of a stroke's outline."""
SCRIPTS = ("decoder", "view", "manifold", "ways", "hands")
PALETTE = CLASS_COLOURS["bright"]


@dataclass(frozen=True, eq=False)
class PagedPlane:
    """What a page shows of a plane.

    Attributes
    ----------
    name : str
        Of the model.
    dimensions : int
        Of its codes; `origin` is the place nearest to their origin, `origin_distance` how far away that is.
    variational : bool
        It has a prior.
    codes : ndarray, shape (N, 2)
    labels : ndarray, shape (N,), uint8, or None
    strengths : ndarray, shape (N,), in [0, 1], or None
        How strongly codes are drawn.
    classes : sequence of str
        Names of the labels, at most ten; the data set's name is `images`, empty without any.
    outlines : sequence of (str, ndarray of shape (M, 2))
        Strokes by name.
    slice : Slice or None
        Which plane of more than two dimensions it is; None is that of the first two components.
    """

    name: str
    graph: Graph
    dimensions: int
    variational: bool
    codes: np.ndarray
    labels: np.ndarray | None
    strengths: np.ndarray | None = None
    classes: Sequence[str] = ()
    images: str = ""
    origin: tuple[float, float] = (0.0, 0.0)
    origin_distance: float = 0.0
    points: Sequence[Point] = ()
    outlines: Sequence[tuple[str, np.ndarray]] = ()
    slice: Slice | None = None


def check_size(graph: Graph) -> None:
    """Refuse a decoder that would make a page too large (ValueError)."""
    if graph.nbytes > MOST_WEIGHT_BYTES:
        most = MOST_WEIGHT_BYTES / 1e6
        raise ValueError(f"its decoder's weights take {graph.nbytes / 1e6:.1f} MB, and a page has room for {most:.2f} MB of them")


def size_of(graph: Graph, codes: int) -> int:
    """Bytes of a page, about."""
    return graph.nbytes * 4 // 3 + CODE_BYTES * codes + AROUND


def plane_page(plane: PagedPlane, recipe: Recipe) -> str:
    """The page.

    Raises
    ------
    ValueError
        If its decoder is too large.
    """
    check_size(plane.graph)
    title = f"Latent plane: {plane.name}"
    labels = np.full(len(plane.codes), len(PALETTE)) if plane.labels is None else plane.labels
    data: dict[str, object] = {
        "graph": packed(plane.graph),
        "codes": {
            "places": _base64(plane.codes.astype("<f4")),
            "classes": _base64(labels.astype(np.uint8)),
            "strengths": None if plane.strengths is None else _base64(np.rint(255 * plane.strengths).astype(np.uint8)),
        },
        "colours": [*PALETTE, NO_CLASS],
        "place": "z" if plane.dimensions == 2 else "place",
        "prior": _prior(plane) if plane.variational else None,
        "origin": plane.origin,
        "extent": _extent(plane),
        "points": [{"name": point.name, "x": point.x, "y": point.y, "locked": point.locked} for point in _points(plane)],
        "strokes": [{"name": name, "places": np.round(_thinned(outline), 5).tolist()} for name, outline in plane.outlines],
    }
    body = f"{header_of(title, _summary(plane))}{_controls(plane)}{_main(plane)}{_footer(plane)}"
    return whole_page(Content(title, body, "plane", data, SCRIPTS), recipe)


# --- what the script reads


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def packed(graph: Graph) -> dict[str, object]:
    """Layers with the places of their weights in one array of float16, where that holds them as they are, or float32."""
    kind = np.dtype("<f2" if graph.halves else "<f4")
    arrays: list[np.ndarray] = []
    begin = 0

    def part(array: np.ndarray | None) -> tuple[int, int] | None:
        nonlocal begin
        if array is None:
            return None
        arrays.append(array.reshape(-1).astype(kind))
        begin += array.size
        return begin - array.size, array.size

    def told(layer: Layer) -> dict[str, object]:
        weight = part(layer.weight)
        return {"kind": layer.kind, "shape": layer.shape, "settings": layer.settings, "weight": weight, "bias": part(layer.bias)}

    layers = [told(layer) for layer in graph.layers]
    weights = np.concatenate(arrays) if arrays else np.zeros(0, kind)
    return {"inputs": graph.inputs, "layers": layers, "bits": 8 * kind.itemsize, "weights": _base64(weights)}


def _prior(plane: PagedPlane) -> dict[str, object]:
    circles = [{"radius": prior_radius(mass), "said": f"{100 * mass:.0f} %"} for mass in PRIOR_MASSES]
    return {"origin": plane.origin, "distance": plane.origin_distance, "dimensions": plane.dimensions, "circles": circles}


def _extent(plane: PagedPlane) -> Extent:
    """All but the outermost codes, points and strokes, and the circle of 90 % of a prior."""
    parts = [plane.codes] if len(plane.codes) else []
    found = [extent_of(codes) for codes in parts]
    others = [np.array([[point.x, point.y] for point in plane.points]).reshape(-1, 2), *(outline for _, outline in plane.outlines)]
    for places in (places for places in others if len(places)):
        low, high = places.min(0), places.max(0)
        found.append((low[0], high[0], low[1], high[1]))
    if plane.variational or not found:
        radius, (x, y) = prior_radius(PRIOR_MASSES[1]), plane.origin
        found.append((x - radius, x + radius, y - radius, y + radius))
    low_x, high_x, low_y, high_y = zip(*(each for each in found if each is not None), strict=True)
    extent = (float(min(low_x)), float(max(high_x)), float(min(low_y)), float(max(high_y)))
    pad = 0.02 * max(extent[1] - extent[0], extent[3] - extent[2], 1e-6)
    return extent[0] - pad, extent[1] + pad, extent[2] - pad, extent[3] + pad


def _points(plane: PagedPlane) -> list[Point]:
    """Those of the recipe, and as many more as a way needs: in the middle of the first and the last class, or beside the origin."""
    free = [name for name in ("A", "B") if name not in {point.name for point in plane.points}]
    apart = [plane.origin, (plane.origin[0] + 1, plane.origin[1])]
    if plane.labels is not None and len(plane.labels) and plane.labels.min() < plane.labels.max():
        ends = (plane.codes[plane.labels == label] for label in (plane.labels.min(), plane.labels.max()))
        apart = [tuple(np.median(codes, axis=0).tolist()) for codes in ends]
    more = [Point(name, float(f"{x:.4g}"), float(f"{y:.4g}")) for name, (x, y) in zip(free, apart, strict=False)]
    return [*plane.points, *more[: max(0, 2 - len(plane.points))]]


def _thinned(outline: np.ndarray) -> np.ndarray:
    if len(outline) <= MOST_PLACES:
        return outline
    return outline[np.unique(np.linspace(0, len(outline) - 1, MOST_PLACES).round().astype(int))]


# --- what is seen


def _summary(plane: PagedPlane) -> str:
    kind = "Variational autoencoder" if plane.variational else "Autoencoder"
    space = "two-dimensional codes" if plane.dimensions == 2 else f"codes of {plane.dimensions} dimensions: {plane_words(plane.slice)}"
    told = [f"{kind} with {space}"]
    if len(plane.codes):
        told.append(f"{len(plane.codes):,} test images of {plane.images}")
    return " · ".join([*told, "drag a point: it is decoded here"])


def plane_words(chosen: Slice | None) -> str:
    """Which plane of more than two dimensions it is; directions are numbered from 1, as in the window."""
    chosen = chosen or Slice()
    first, second = chosen.first + 1, chosen.second + 1
    words = {
        "components": f"the plane along principal components {first} and {second}", "axes": f"the plane along axes {first} and {second}",
        "images": f"the plane through the codes of test images {', '.join(map(str, chosen.images))}",
        "pictures": f"the plane through the codes of {len(chosen.pictures)} pictures" + " and the mean" * (len(chosen.pictures) == 2),
        "codes": "the plane through three codes", "random": f"random plane {chosen.seed + 1}",
    }[chosen.kind]  # fmt: skip
    if chosen.image is not None:
        return f"{words}, moved through the code of test image {chosen.image}"
    return f"{words}, moved" if any(chosen.offsets) or chosen.picture else words


def _controls(plane: PagedPlane) -> str:
    layers = [("codes", "Codes", "The codes of the test images, coloured by class (C)", True)] if len(plane.codes) else []
    layers.append(("manifold", "Manifold", "Decodings of a grid of codes, finer as you zoom in (G)", False))
    if plane.variational:
        layers.append(("prior", "Prior", "Circles that hold 50, 90, 99 % of the prior N(0, I) on the plane (P)", True))
    buttons = "".join(
        f'<button type="button" data-layer="{name}" aria-pressed="{str(pressed).lower()}" title="{tip}">{words}</button>'
        for name, words, tip, pressed in layers
    )
    present = [] if plane.labels is None else [i for i in range(len(PALETTE)) if bool((plane.labels == i).any())]
    chips = "".join(_chip(i, plane.classes[i] if i < len(plane.classes) else str(i)) for i in present)
    legend = f'<div class="chips" role="group" aria-label="Classes that are shown">{chips}</div>' if chips else ""
    return (
        f'<nav aria-label="What is shown"><div class="joined" role="group" aria-label="Layers">{buttons}</div>{legend}</nav>'
        "<noscript><p>This browser runs no scripts: the plane cannot be drawn.</p></noscript>"
    )


def _chip(index: int, name: str) -> str:
    said = escape(f"class {name}" if name.isdigit() else name, quote=True)
    return (
        f'<button type="button" data-class="{index}" aria-pressed="true" aria-label="Codes of {said}" '
        f'title="Hide or show the codes of {said} ({index})" style="--class:{PALETTE[index]}"><i></i>{escape(name)}</button>'
    )


def _main(plane: PagedPlane) -> str:
    _, height, width = plane.graph.shape
    said = escape(f"Latent plane of {plane.name}. Arrow keys move the selected point, N selects the next one.", quote=True)
    density = '<dt>log p(z)</dt><dd id="density"></dd>' if plane.variational else ""
    place = "z" if plane.dimensions == 2 else "place"
    return (
        '<main><article id="stage" aria-label="Plane"><canvas id="ground" aria-hidden="true"></canvas>'
        f'<canvas id="over" tabindex="0" role="application" aria-label="{said}" aria-describedby="keys"></canvas>'
        '<div id="zoom" class="joined" role="group" aria-label="View">'
        '<button type="button" data-key="r" title="Put the points back (R)">Reset</button>'
        '<button type="button" data-key="f" title="Show all codes (F)">Fit</button>'
        '<button type="button" data-key="-" aria-label="Zoom out" title="Zoom out (−)">−</button>'
        '<button type="button" data-key="+" aria-label="Zoom in" title="Zoom in (+)">+</button></div></article>'
        f'<article id="seen" aria-label="Decoding"><h2></h2><canvas id="decoded" width="{width}" height="{height}" role="img"></canvas>'
        f'<dl><dt>{place}</dt><dd id="z"></dd>{density}'
        '<dt title="How long the decoder takes here">time</dt><dd id="took"></dd></dl></article>'
        '<article id="strip" aria-label="Strip of decodings"><div class="row">'
        '<select id="way" aria-label="Way that is decoded" title="Which way over the plane is decoded below"></select>'
        '<button type="button" id="play" aria-pressed="false" title="There and back (Space)">▶ Play</button>'
        '<div class="slider"><input id="along" type="range" min="0" max="1000" value="0" aria-label="Place along the way"></div></div>'
        '<canvas id="tiles" role="img" aria-label="Decodings along the way, from its beginning to its end"></canvas></article>'
        '<output class="said" aria-live="polite"></output></main>'
    )


def _footer(plane: PagedPlane) -> str:
    keys = [
        ("Drag", "move a point"), ("← → ↑ ↓", "move the selected point; Shift: finer"), ("Home", "to the origin"), ("N", "next point"),
        ("+ −", "zoom, or the wheel"), ("Middle button, two fingers", "pan"), ("F", "fit"), ("R", "points back"), ("Space", "play"),
        ("C G P" if plane.variational else "C G", "codes, manifold" + (", prior" if plane.variational else "")),
    ]  # fmt: skip
    if plane.labels is not None:
        keys.append(("0 … 9", "hide or show a class"))
    return footer_of(keys)

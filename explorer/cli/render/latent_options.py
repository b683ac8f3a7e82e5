"""What `render latent` is asked for: layers, a test image, points, a stroke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from explorer.errors import BadInput


class LayerChoice(StrEnum):
    """Layers of the plane; at most one of those after truth, the true p(z|x) of what is encoded."""

    codes = "codes"
    manifold = "manifold"
    prior = "prior"
    truth = "truth"
    density = "density"
    error = "error"
    elbo = "elbo"
    magnification = "magnification"
    classes = "classes"


class ShapeChoice(StrEnum):
    """How a stroke goes."""

    free = "free"
    line = "line"
    circle = "circle"
    spherical = "spherical"
    geodesic = "geodesic"


LAYERS = ("codes", "manifold", "prior", "truth")
FARTHEST = 1e6
"""Of a place from the origin: far beyond every code, and single precision still tells places there apart."""


@dataclass(frozen=True, slots=True)
class LatentOptions:
    """What was asked for; empty where the window's own default holds.

    Attributes
    ----------
    layers : tuple of str
    image : int or None
        Test image that is encoded.
    points, stroke : tuple of (float, float)
    shape : str
    paths : bool
        Between the first two points.
    chains : str
        Path of the ddpm whose reverse chains are shown; empty for none.
    """

    layers: tuple[str, ...] = ()
    image: int | None = None
    points: tuple[tuple[float, float], ...] = ()
    stroke: tuple[tuple[float, float], ...] = ()
    shape: str = "free"
    paths: bool = False
    chains: str = ""


def options_for(
    layers: Sequence[LayerChoice], image: int | None, points: Sequence[str], stroke: str | None, shape: ShapeChoice, paths: bool,
    chains: str = "",
) -> LatentOptions:  # fmt: skip
    """What the options ask for (BadInput where they cannot be)."""
    fields = [layer.value for layer in layers if layer.value not in LAYERS]
    if len(set(fields)) > 1:
        raise BadInput(f"--layer {', '.join(fields)}: only one field is drawn at a time")
    placed = tuple(_place(text, "--point") for text in points)
    nodes = tuple(_place(text, "--stroke") for text in (stroke or "").split())
    if stroke is not None and len(nodes) < 2:
        raise BadInput(f'--stroke {stroke!r}: give two or more places, such as "-1,0 1,0.5"')
    if shape.value in ("circle", "spherical", "geodesic") and len(nodes) != 2:
        raise BadInput(f"--shape {shape.value}: goes between two places; give them with --stroke")
    if paths and len(placed) < 2:
        raise BadInput("--paths: needs two places, given with --point")
    return LatentOptions(tuple(layer.value for layer in layers), image, placed, nodes, shape.value, paths, chains)


def _place(text: str, option: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise BadInput(f'{option} {text!r}: a place is two numbers, such as "0.5,-1"') from None
    if not (abs(x) <= FARTHEST and abs(y) <= FARTHEST):
        raise BadInput(f"{option} {text!r}: its numbers must be in [-{FARTHEST:g}, {FARTHEST:g}]")
    return x, y

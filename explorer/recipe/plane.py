"""Latent planes: points, strokes and grids."""

from __future__ import annotations

import math

import msgspec

MAX_CELLS = 16_384
MAX_CORNERS = 65_536
MAX_FRAMES = 1024


class Point(msgspec.Struct, frozen=True):
    """A named point of a plane."""

    name: str
    x: float
    y: float

    def __post_init__(self) -> None:
        """Refuse a point that is nowhere (ValueError)."""
        if not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise ValueError(f"a point's coordinates are finite, not ({self.x}, {self.y})")


class Stroke(msgspec.Struct, frozen=True, omit_defaults=True):
    """A path painted on a plane: its corners in latent coordinates, decoded at `frames` even distances."""

    name: str
    path: tuple[tuple[float, float], ...]
    frames: int = 64

    def __post_init__(self) -> None:
        """Refuse what cannot be decoded (ValueError)."""
        if not 1 <= len(self.path) <= MAX_CORNERS or not all(math.isfinite(c) for corner in self.path for c in corner):
            raise ValueError(f"a stroke has 1 to {MAX_CORNERS} corners, all finite")
        if not 1 <= self.frames <= MAX_FRAMES:
            raise ValueError(f"a stroke has 1 to {MAX_FRAMES} frames, not {self.frames}")


class PlaneGrid(msgspec.Struct, frozen=True):
    """Decodings of a grid over a rectangle of the plane, at its cells' centres.

    Attributes
    ----------
    extent : tuple of float
        (x_min, x_max, y_min, y_max) in latent coordinates.
    columns, rows : int
    """

    extent: tuple[float, float, float, float]
    columns: int
    rows: int

    def __post_init__(self) -> None:
        """Refuse a grid that cannot be decoded (ValueError)."""
        x_min, x_max, y_min, y_max = self.extent
        if not all(math.isfinite(edge) for edge in self.extent) or not (x_min < x_max and y_min < y_max):
            raise ValueError(f"a grid's extent is x_min < x_max and y_min < y_max, finite, not {self.extent}")
        if not (self.columns >= 1 and self.rows >= 1 and self.columns * self.rows <= MAX_CELLS):
            raise ValueError(f"a grid has 1 to {MAX_CELLS} cells, not {self.columns} x {self.rows}")


class PlaneRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is on a latent plane.

    Attributes
    ----------
    checkpoint, source : str
        As in `Lane`; empty before one is chosen.
    points, strokes : tuple
        What the person put there, in latent coordinates.
    grid : PlaneGrid or None
        The manifold of decodings, where it is the picture.
    """

    checkpoint: str = ""
    source: str = ""
    points: tuple[Point, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    grid: PlaneGrid | None = None

"""Geometry of the latent plane: grids of cells, the prior's contours, what a view should show. Pure numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Extent = tuple[float, float, float, float]
"""(x_min, x_max, y_min, y_max) in latent coordinates."""

PRIOR_MASSES = (0.5, 0.9, 0.99)
"""Shares of the prior inside the contours that are drawn."""

MAX_CELLS = 16_384
FEW = 64
"""Dimensions up to which most codes are near a plane."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a rectangle of the plane, decoded at their centres."""

    extent: Extent
    columns: int
    rows: int


def check_grid(extent: Extent, columns: int, rows: int) -> None:
    """Refuse a rectangle or a grid that cannot be (ValueError)."""
    x_min, x_max, y_min, y_max = extent
    if not all(map(math.isfinite, extent)) or not (x_min < x_max and y_min < y_max):
        raise ValueError(f"an extent is x_min < x_max and y_min < y_max, finite, not {extent}")
    if columns < 1 or rows < 1 or columns * rows > MAX_CELLS:
        raise ValueError(f"a grid has 1 to {MAX_CELLS} cells, not {columns} x {rows}")


def cell_centres(extent: Extent, columns: int, rows: int) -> np.ndarray:
    """Centres of a grid's cells, row by row from the top left (x_min, y_max).

    Returns
    -------
    ndarray, shape (rows * columns, 2), float64

    Raises
    ------
    ValueError
        If the rectangle or the grid cannot be.
    """
    check_grid(extent, columns, rows)
    x_min, x_max, y_min, y_max = extent
    x = x_min + (np.arange(columns) + 0.5) * ((x_max - x_min) / columns)
    y = y_max - (np.arange(rows) + 0.5) * ((y_max - y_min) / rows)
    return np.stack([np.tile(x, rows), np.repeat(y, columns)], axis=1)


def grid_over(visible: Extent, scale: float, cell: float, margin: int = 0) -> Grid:
    """Grid that covers a view, on a lattice that stays where it is when the view moves.

    Cells are 2^k latent units wide, the power that shows them closest to `cell` pixels from above; `margin` more
    cells lie on each side. When the grid would have more than `MAX_CELLS` cells, they are made larger.

    Parameters
    ----------
    visible : Extent
    scale : float
        Pixels for one latent unit, greater than 0.
    cell : float
        Smallest width of a cell, in pixels.
    """
    exponent = math.ceil(math.log2(cell / scale))
    while True:
        unit = 2.0**exponent
        left, right = math.floor(visible[0] / unit) - margin, math.ceil(visible[1] / unit) + margin
        bottom, top = math.floor(visible[2] / unit) - margin, math.ceil(visible[3] / unit) + margin
        if (right - left) * (top - bottom) <= MAX_CELLS:
            return Grid((left * unit, right * unit, bottom * unit, top * unit), right - left, top - bottom)
        exponent += 1


def covers(outer: Extent, inner: Extent) -> bool:
    """Whether a rectangle contains another."""
    return outer[0] <= inner[0] and outer[1] >= inner[1] and outer[2] <= inner[2] and outer[3] >= inner[3]


def prior_radius(mass: float) -> float:
    """Radius of the circle that holds a share `mass` in [0, 1) of N(0, I) in two dimensions.

    ||z||^2 is chi-squared with 2 degrees of freedom, so the share inside r is 1 - exp(-r^2 / 2).
    """
    if not 0 <= mass < 1:
        raise ValueError(f"a share of the prior is in [0, 1), not {mass}")
    return math.sqrt(-2 * math.log1p(-mass))


def log_prior(x: float, y: float, origin: tuple[float, float] = (0.0, 0.0), distance: float = 0.0, dimensions: int = 2) -> float:
    """log p(z) of p(z) = N(0, I) at a place on a plane, nats.

    Parameters
    ----------
    origin : (float, float)
        Place nearest to the latent space's origin, which is `distance` away from the plane. Since the axes are orthonormal,
        ||z||^2 is the squared distance from that place plus `distance`^2: contours of p(z) on any plane are circles about it.
    dimensions : int
        Of the latent space.
    """
    squared = (x - origin[0]) ** 2 + (y - origin[1]) ** 2 + distance**2
    return -0.5 * squared - dimensions / 2 * math.log(2 * math.pi)


def extent_of(codes: np.ndarray, share: float = 0.99, margin: float = 0.05) -> Extent | None:
    """Rectangle with all but the outermost codes, and a margin; None without codes.

    Parameters
    ----------
    codes : ndarray, shape (N, 2)
    share : float
        Of the codes, along each axis.
    margin : float
        Of the width and the height, on each side.
    """
    if not len(codes):
        return None
    tail = (1 - share) / 2
    low, high = np.quantile(codes, [tail, 1 - tail], axis=0)
    pad = np.maximum((high - low) * margin, 1e-6)
    return float(low[0] - pad[0]), float(high[0] + pad[0]), float(low[1] - pad[1]), float(high[1] + pad[1])


def strengths(distances: np.ndarray | None, spread: float, dimensions: int) -> np.ndarray | None:
    """How strongly codes are drawn by their distance from the plane, (N,) in [0, 1]; None where all are on it.

    Parameters
    ----------
    distances : ndarray, shape (N,), or None
    spread : float
        Root mean square of the distances.
    dimensions : int
        Of the latent space.
    """
    if distances is None or not spread:
        return None
    faintest = 0.06 if dimensions <= FEW else 0.4  # in many dimensions all are about as far
    found: np.ndarray = np.exp(-0.5 * (distances / (0.7 * spread)) ** 2).clip(faintest, 1)
    return found

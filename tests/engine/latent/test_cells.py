"""Cells known from another grid of the same lattice, against a function of their centres."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.latent.cells import Cells
from explorer.latent.plane import Extent, cell_centres


def value(centres: np.ndarray) -> np.ndarray:
    """A number and another for each place."""
    return np.stack([centres[:, 0] + 10 * centres[:, 1], centres[:, 0] * centres[:, 1]], 1)


def full(extent: Extent, columns: int, rows: int) -> Cells:
    """A grid whose cells are all known."""
    cells = Cells.of(extent, columns, rows)
    cells.put(cells.missing, value(cell_centres(extent, columns, rows)))
    return cells


@pytest.mark.parametrize(("across", "up"), [(0, 0), (2, -1), (-3, 2), (0, 3)])
def test_what_overlaps_is_known_and_right(across: int, up: int) -> None:
    before = full((-1.0, 2.0, 0.0, 1.0), 12, 4)
    x, y = 0.25 * across, 0.25 * up
    extent = (-1.0 + x, 2.0 + x, 0.0 + y, 1.0 + y)
    cells = Cells.of(extent, 12, 4, before)
    assert cells.known.sum() == (12 - abs(across)) * (4 - abs(up))
    wanted = value(cell_centres(extent, 12, 4)).reshape(4, 12, 2)
    if cells.known.any():
        assert cells.values is not None
        np.testing.assert_allclose(cells.values[cells.known], wanted[cells.known])
    cells.put(cells.missing, value(cell_centres(extent, 12, 4)[cells.missing]))
    assert cells.values is not None
    np.testing.assert_allclose(cells.values, wanted)


@pytest.mark.parametrize("extent", [(-1.0, 2.0, 0.0, 2.0), (-0.9, 2.1, 0.0, 1.0), (5.0, 8.0, 0.0, 1.0), (-1.0, 2.0, 7.0, 8.0)])
def test_nothing_is_known_of_other_cells(extent: Extent) -> None:
    cells = Cells.of(extent, 12, 4, full((-1.0, 2.0, 0.0, 1.0), 12, 4))
    assert not cells.known.any()
    assert len(cells.missing) == 48

"""Grids, prior contours and extents of a plane."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explorer.latent.plane import MAX_CELLS, cell_centres, covers, extent_of, grid_over, log_prior, prior_radius
from explorer.latent.slices import through


def test_centres_go_row_by_row_from_the_top_left() -> None:
    found = cell_centres((-1.0, 2.0, 0.0, 4.0), columns=3, rows=2)
    wanted = [(-0.5, 3.0), (0.5, 3.0), (1.5, 3.0), (-0.5, 1.0), (0.5, 1.0), (1.5, 1.0)]
    np.testing.assert_allclose(found, wanted, atol=1e-15)


@pytest.mark.parametrize(
    ("extent", "columns", "rows"),
    [
        ((1.0, 1.0, 0.0, 1.0), 2, 2),
        ((0.0, 1.0, 2.0, 1.0), 2, 2),
        ((0.0, math.nan, 0.0, 1.0), 2, 2),
        ((0.0, math.inf, 0.0, 1.0), 2, 2),
        ((0.0, 1.0, 0.0, 1.0), 0, 2),
        ((0.0, 1.0, 0.0, 1.0), MAX_CELLS, 2),
    ],
)
def test_grids_that_cannot_be_are_refused(extent: tuple[float, float, float, float], columns: int, rows: int) -> None:
    with pytest.raises(ValueError, match=r"extent|grid"):
        cell_centres(extent, columns, rows)


@pytest.mark.parametrize("scale", [3.0, 47.0, 80.0, 641.0, 1e5])
def test_a_view_is_covered_by_cells_of_powers_of_two(scale: float) -> None:
    visible = (-7.3 / scale * 40, 11.0 / scale * 40, -5.0 / scale * 40, 4.4 / scale * 40)
    grid = grid_over(visible, scale, cell=28.0)
    width = (grid.extent[1] - grid.extent[0]) / grid.columns
    height = (grid.extent[3] - grid.extent[2]) / grid.rows
    assert covers(grid.extent, visible)
    assert width == pytest.approx(height)
    assert math.log2(width) == pytest.approx(round(math.log2(width)))
    assert 28.0 <= width * scale < 56.0 * (1 + 1e-9)


def test_the_lattice_stays_when_the_view_moves() -> None:
    one = grid_over((-2.0, 2.0, -1.0, 1.0), 100.0, cell=28.0, margin=2)
    other = grid_over((-1.63, 2.37, -0.71, 1.29), 100.0, cell=28.0, margin=2)
    a = {tuple(c) for c in cell_centres(one.extent, one.columns, one.rows)}
    b = {tuple(c) for c in cell_centres(other.extent, other.columns, other.rows)}
    assert len(a & b) > 0.6 * len(a)


def test_a_huge_view_gets_larger_cells_instead_of_too_many() -> None:
    grid = grid_over((-1000.0, 1000.0, -1000.0, 1000.0), 28.0, cell=28.0)
    assert grid.columns * grid.rows <= MAX_CELLS
    assert covers(grid.extent, (-1000.0, 1000.0, -1000.0, 1000.0))


@pytest.mark.parametrize("mass", [0.0, 0.5, 0.9, 0.99])
def test_contours_hold_their_share_of_the_prior(mass: float) -> None:
    draws = torch.randn(400_000, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    inside = (draws.norm(dim=1) <= prior_radius(mass)).double().mean()
    assert float(inside) == pytest.approx(mass, abs=3e-3)


@pytest.mark.parametrize("mass", [1.0, -0.1, math.nan])
def test_no_contour_holds_everything(mass: float) -> None:
    with pytest.raises(ValueError, match="share"):
        prior_radius(mass)


def test_log_prior_is_that_of_torch() -> None:
    prior = torch.distributions.Normal(torch.zeros(2, dtype=torch.float64), 1.0)
    for x, y in ((0.0, 0.0), (0.117, 0.839), (-3.0, 2.5)):
        reference = prior.log_prob(torch.tensor([x, y], dtype=torch.float64)).sum()
        assert log_prior(x, y) == pytest.approx(float(reference), abs=1e-12)


def test_extent_leaves_outliers_out_and_has_a_margin() -> None:
    rng = np.random.default_rng(0)
    codes = rng.uniform(-1, 1, size=(10_000, 2))
    codes[0] = (1e6, -1e6)
    extent = extent_of(codes)
    assert extent is not None
    np.testing.assert_allclose(extent, (-1.1, 1.1, -1.1, 1.1), atol=0.03)
    assert extent_of(np.zeros((0, 2))) is None
    single = extent_of(np.array([[2.0, 3.0]]))
    assert single is not None
    assert single[0] < 2.0 < single[1]


def test_log_prior_on_a_slice_is_that_of_the_whole_code() -> None:
    rng = np.random.default_rng(3)
    found = through(rng.standard_normal((3, 5)))
    origin, distance = found.project(np.zeros((1, 5)))
    for x, y in ((0.0, 0.0), (0.4, -1.7)):
        z = found.lift(np.array([[x, y]]))[0]
        whole = float(-0.5 * z @ z - 2.5 * np.log(2 * np.pi))
        assert log_prior(x, y, (origin[0, 0], origin[0, 1]), distance[0], 5) == pytest.approx(whole, abs=1e-12)

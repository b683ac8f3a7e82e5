"""KL between densities: against closed forms and finite differences; which q each direction prefers."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.variational.densities import Gaussian, Grid, Mixture, gaussian, grid, mixture
from explorer.variational.divergence import between_gaussians, divergence
from explorer.variational.fitting import Direction, gradient, step

LINE, PLANE = grid(9, 1200, 1), grid(9, 260, 2)
TWO = {
    1: mixture([gaussian([-1.5], [0.6]), gaussian([1.2], [0.9])], [1, 2]),
    2: mixture([gaussian([-1.5, -1], [0.6, 0.5], 0.3), gaussian([1.2, 0.8], [0.9, 0.7])], [1, 2]),
}
Q = {1: gaussian([0.3], [0.8]), 2: gaussian([0.3, -0.2], [0.8, 0.5], 0.4)}


def places(dimensions: int) -> Grid:
    return LINE if dimensions == 1 else PLANE


@pytest.mark.parametrize("dimensions", [1, 2])
def test_densities_are_normalized_and_have_their_moments(dimensions: int) -> None:
    cells = places(dimensions)
    p = TWO[dimensions]
    mass = np.exp(p.log_density(cells.points)) * cells.cell
    assert mass.sum() == pytest.approx(1, abs=1e-9)
    assert mass @ cells.points == pytest.approx(p.mean, abs=1e-9)
    apart = cells.points - p.mean
    assert np.einsum("n,ni,nj->ij", mass, apart, apart) == pytest.approx(p.covariance, abs=1e-6)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_the_integral_is_the_closed_form_between_gaussians(dimensions: int) -> None:
    other = gaussian([-0.4, 0.7][:dimensions], [1.1, 0.9][:dimensions], -0.5 if dimensions == 2 else 0)
    for first, second in ((Q[dimensions], other), (other, Q[dimensions])):
        assert divergence(first, second, places(dimensions)).value == pytest.approx(between_gaussians(first, second), abs=1e-9)
    assert between_gaussians(other, other) == pytest.approx(0, abs=1e-12)


def test_one_dimension_is_the_formula_of_the_lecture() -> None:
    first, second = gaussian([0.4], [0.7]), gaussian([-1.1], [1.6])
    by_hand = np.log(1.6 / 0.7) + (0.7**2 + 1.5**2) / (2 * 1.6**2) - 0.5
    assert between_gaussians(first, second) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("direction", ["q||p", "p||q"])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_the_gradient_is_that_of_finite_differences(dimensions: int, direction: Direction) -> None:
    cells, p, q, e = places(dimensions), TWO[dimensions], Q[dimensions], 1e-5

    def kl(mean: np.ndarray, root: np.ndarray) -> float:
        moved = Gaussian(mean, root)
        return (divergence(moved, p, cells) if direction == "q||p" else divergence(p, moved, cells)).value

    of_mean, of_root = gradient(q, p, direction, cells)
    for i in range(dimensions):
        shift = e * np.eye(dimensions)[i]
        assert of_mean[i] == pytest.approx((kl(q.mean + shift, q.root) - kl(q.mean - shift, q.root)) / (2 * e), abs=1e-6)
        for j in range(i + 1):
            up, down = q.root.copy(), q.root.copy()
            up[i, j], down[i, j] = (q.root[i, j] * np.exp(e), q.root[i, j] * np.exp(-e)) if i == j else (q.root[i, j] + e, q.root[i, j] - e)
            assert of_root[i, j] == pytest.approx((kl(q.mean, up) - kl(q.mean, down)) / (2 * e), abs=1e-6)


def walked(q: Gaussian, p: Mixture, direction: Direction, cells: Grid, steps: int = 250) -> Gaussian:
    for _ in range(steps):
        q = step(q, p, direction, 0.3, cells)
    return q


def test_kl_of_p_and_q_covers_the_mass_and_its_end_has_the_moments_of_p() -> None:
    p = TWO[1]
    found = walked(Q[1], p, "p||q", LINE)
    assert found.mean == pytest.approx(p.mean, abs=1e-6)
    assert found.covariance == pytest.approx(p.covariance, abs=1e-6)


def test_kl_of_q_and_p_seeks_the_mode_that_it_begins_near() -> None:
    apart = mixture([gaussian([-3], [0.5]), gaussian([3], [0.5])], [1, 1])
    for side in (-1, 1):
        found = walked(gaussian([side], [1.0]), apart, "q||p", LINE)
        assert found.mean[0] == pytest.approx(3 * side, abs=1e-2)
        assert found.root[0, 0] == pytest.approx(0.5, abs=1e-2)
        assert divergence(found, apart, LINE).value == pytest.approx(np.log(2), abs=1e-3), "half of p is left out"


def test_a_step_far_from_p_is_bounded() -> None:
    far = gaussian([8], [0.1])
    moved = step(far, TWO[1], "q||p", 1.0, LINE)
    assert abs(moved.mean[0] - 8) <= 0.25
    assert np.isfinite(moved.root).all()


@pytest.mark.parametrize("wrong", [{"sds": [0.0]}, {"sds": [-1.0]}, {"mean": [np.nan]}, {"sds": [1.0, 1.0]}])
def test_what_is_no_gaussian_is_refused(wrong: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="a Gaussian"):
        gaussian(**({"mean": [0.0], "sds": [1.0]} | wrong))

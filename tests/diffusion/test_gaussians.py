"""Closed forms against draws and against integrals."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest

from explorer.diffusion.gaussians import (
    FunctionName,
    Gaussian,
    add,
    apply,
    conditional,
    divergence,
    marginal,
    mean_given,
    moments,
    subtract,
    total_variation,
    with_gaussian_mean,
)

X, Y = Gaussian(0.5, 1.2), Gaussian(-1.0, 0.4)
GRID = np.linspace(-25, 25, 5_001)
N = 200_000


def integral(values: np.ndarray) -> float:
    return float(values.sum() * (GRID[1] - GRID[0]))


def agrees(found: Gaussian, draws: np.ndarray) -> None:
    assert draws.mean() == pytest.approx(found.mean, abs=5 * found.sd / math.sqrt(len(draws)))
    assert draws.std() == pytest.approx(found.sd, rel=5 / math.sqrt(2 * len(draws)))
    above = float((draws > found.mean + found.sd).mean())
    assert above == pytest.approx(0.15866, abs=5 * math.sqrt(0.1335 / len(draws))), "the tail of a Gaussian"


def test_sum_and_difference() -> None:
    rng = np.random.default_rng(0)
    x, y = X.sample(rng, N), Y.sample(rng, N)
    agrees(add(X, Y), x + y)
    agrees(subtract(X, Y), x - y)
    for z in (-2.0, 0.3):
        assert add(X, Y).density(np.array([z]))[0] == pytest.approx(integral(X.density(GRID) * Y.density(z - GRID)), rel=1e-9)
        assert subtract(X, Y).density(np.array([z]))[0] == pytest.approx(integral(X.density(GRID) * Y.density(GRID - z)), rel=1e-9)


def test_a_gaussian_mean() -> None:
    rng = np.random.default_rng(1)
    found = with_gaussian_mean(X, 0.7, 0.5)
    agrees(found, 0.7 * X.sample(rng, N) + 0.5 * rng.standard_normal(N))
    for z in (-1.0, 0.8):
        by_integral = integral(X.density(GRID) * Gaussian(0, 0.5).density(z - 0.7 * GRID))
        assert found.density(np.array([z]))[0] == pytest.approx(by_integral, rel=1e-9)


def test_the_mean_given_what_was_seen_is_bayes_rule() -> None:
    seen = 1.3
    joint = X.density(GRID) * Gaussian(0, 0.5).density(seen - 0.7 * GRID)
    expected = joint / integral(joint)
    assert np.abs(mean_given(X, 0.7, 0.5, seen).density(GRID) - expected).max() < 1e-9


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_through_a_function(name: FunctionName) -> None:
    rng = np.random.default_rng(2)
    strength, sd = 0.6, 0.5
    density = marginal(X, name, strength, sd, GRID)
    assert integral(density) == pytest.approx(1, abs=1e-4)
    found = moments(X, name, strength, sd)
    assert integral(GRID * density) == pytest.approx(found.mean, abs=1e-3)
    assert math.sqrt(integral((GRID - found.mean) ** 2 * density)) == pytest.approx(found.sd, rel=1e-3)
    draws = apply(name, strength, X.sample(rng, N)) + sd * rng.standard_normal(N)
    for low, high in ((-1.0, 0.0), (0.5, 2.0)):
        share = integral(np.where((low <= GRID) & (high > GRID), density, 0))
        assert float(((draws >= low) & (draws < high)).mean()) == pytest.approx(share, abs=5 * math.sqrt(0.25 / N) + 1e-3)
    assert total_variation(density, found.density(GRID), GRID) > 0.02, "no Gaussian"


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_a_line_keeps_a_gaussian(name: FunctionName) -> None:
    density, expected = marginal(X, name, 0.0, 0.5, GRID), with_gaussian_mean(X, 1.0, 0.5)
    assert total_variation(density, expected.density(GRID), GRID) < 1e-5


def test_distances_between_gaussians() -> None:
    p, q = Gaussian(0, 1), Gaussian(1, 2)
    expected = math.log(2) + (1 + 1) / 8 - 0.5
    assert divergence(p.density(GRID), q.density(GRID), GRID) == pytest.approx(expected, rel=1e-6)
    shifted = Gaussian(1, 1).density(GRID)
    assert total_variation(p.density(GRID), shifted, GRID) == pytest.approx(math.erf(0.5 / math.sqrt(2)), rel=1e-4)
    assert total_variation(shifted, shifted, GRID) == 0


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_the_mean_given_what_was_seen_through_a_function(name: FunctionName) -> None:
    rng = np.random.default_rng(3)
    seen, sd, near = 0.8, 0.5, 0.02
    m = X.sample(rng, 4 * N)
    x = apply(name, 0.7, m) + sd * rng.standard_normal(len(m))
    kept = m[np.abs(x - seen) < near]
    density = conditional(X, name, 0.7, sd, seen, GRID)
    assert kept.mean() == pytest.approx(integral(GRID * density), abs=5 * kept.std() / math.sqrt(len(kept)) + 0.01)
    for middle in (-0.5, 0.5, 1.5):
        share = integral(np.where(middle > GRID, density, 0))
        assert float((kept < middle).mean()) == pytest.approx(share, abs=5 * math.sqrt(0.25 / len(kept)) + 0.01)
    straight = conditional(X, name, 0.0, sd, seen, GRID)
    assert np.abs(straight - mean_given(X, 1.0, sd, seen).density(GRID)).max() < 1e-9


def above_zero(x: Gaussian) -> float:
    return 0.5 * (1 + math.erf(x.mean / x.sd / math.sqrt(2)))


@pytest.mark.parametrize("x", [X, Gaussian(0.03, 0.7), Gaussian(-1.9, 0.5)])
def test_through_a_step_w_is_a_mixture_of_two_gaussians(x: Gaussian) -> None:
    share = above_zero(x)
    closed = share * Gaussian(2, 0.3).density(GRID) + (1 - share) * Gaussian(-2, 0.3).density(GRID)
    assert marginal(x, "step", 1.0, 0.3, GRID) == pytest.approx(closed, abs=1e-5)
    found = moments(x, "step", 1.0, 0.3)
    assert found.mean == pytest.approx(4 * share - 2, abs=1e-5)
    given = conditional(x, "step", 1.0, 0.3, 1.9, GRID)
    joint = x.density(GRID) * np.where(GRID > 0, Gaussian(2, 0.3).density(np.array(1.9)), Gaussian(-2, 0.3).density(np.array(1.9)))
    off_the_jump = np.abs(GRID) > 1e-9
    evidence = share * Gaussian(2, 0.3).density(np.array(1.9)) + (1 - share) * Gaussian(-2, 0.3).density(np.array(1.9))
    assert given[off_the_jump] == pytest.approx((joint / evidence)[off_the_jump], rel=1e-3, abs=1e-6)

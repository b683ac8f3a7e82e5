"""The one-dimensional chain against integrals and against its own draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.diffusion.mixture1d import Mixture, backward_paths, departure, forward_paths, mixture_of, noised, reverse
from explorer.diffusion.schedule_shapes import bent

DATA = Mixture(np.array([0.2, 0.5, 0.3]), np.array([-1.5, 0.2, 1.4]), np.array([0.1, 0.3, 0.2]))
GRID = np.linspace(-12, 12, 24_001)
STEP = GRID[1] - GRID[0]


def normal(x: np.ndarray, mean: np.ndarray | float, sd: float) -> np.ndarray:
    return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("alpha_bar", [0.95, 0.3, 1e-4])
def test_noising_is_the_integral(alpha_bar: float) -> None:
    assert noised(DATA, alpha_bar).density(GRID).sum() * STEP == pytest.approx(1)
    for x in (-1.1, 0.4):
        kernel = normal(np.array(x), math.sqrt(alpha_bar) * GRID, math.sqrt(1 - alpha_bar))
        assert noised(DATA, alpha_bar).density(np.array(x)) == pytest.approx((DATA.density(GRID) * kernel).sum() * STEP, rel=1e-6)


@pytest.mark.parametrize(("alpha_bar", "previous"), [(0.5, 0.9), (0.5, 0.501), (0.01, 0.9), (0.9, 1.0)])
def test_the_reverse_is_bayes_rule(alpha_bar: float, previous: float) -> None:
    x_t, alpha = 0.35, alpha_bar / previous
    joint = noised(DATA, previous).density(GRID) * normal(np.array(x_t), math.sqrt(alpha) * GRID, math.sqrt(1 - alpha))
    expected = joint / (joint.sum() * STEP)
    found = reverse(DATA, alpha_bar, previous, np.array(x_t))
    assert np.abs(found.density(GRID) - expected).max() < 1e-6 * expected.max()
    assert found.gaussian.mean == pytest.approx((GRID * expected).sum() * STEP, abs=1e-6)


def test_small_steps_are_nearly_gaussian() -> None:
    far = [departure(reverse(DATA, 0.3, previous, np.array(0.1))) for previous in (0.3003, 0.31, 0.4, 0.98)]
    assert [d.total_variation for d in far] == sorted(d.total_variation for d in far)
    assert [d.kl for d in far] == sorted(d.kl for d in far)
    assert far[0].total_variation < 0.005
    assert far[-1].total_variation > 0.2


def test_one_component_stays_gaussian() -> None:
    one = mixture_of((0.7,), 0.4)
    assert departure(reverse(one, 0.2, 0.9, np.array(-1.0))).total_variation < 1e-9


def test_both_ways_lead_through_the_same_distributions() -> None:
    levels, n = bent(((0.0, 4.0), (0.5, 0.0), (1.0, -6.0)), 20), 20_000
    rng = np.random.default_rng(0)
    x0 = DATA.sample(rng.random(n), rng.standard_normal(n))
    up = forward_paths(x0, levels.betas, rng.standard_normal((20, n)))
    down = backward_paths(DATA, levels.alpha_bar, up[-1][rng.permutation(n)], rng.random((20, n)), rng.standard_normal((20, n)))
    edges = np.linspace(-4, 4, 33)
    for t in (0, 3, 10, 20):
        q = DATA if t == 0 else noised(DATA, float(levels.alpha_bar[t]))
        fine = np.linspace(-4, 4, 32 * 200 + 1)
        middles = (fine[1:] + fine[:-1]) / 2
        shares = (q.density(middles) * (8 / 6400)).reshape(32, 200).sum(1)
        for states in (up, down):
            counts = np.histogram(states[t], edges)[0] / n
            assert np.abs(counts - shares).max() < 5 * math.sqrt(0.25 / n)

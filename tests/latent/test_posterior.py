"""Ellipses of a Gaussian, and draws within them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.latent.posterior import draws_within, ellipse

MATRIX = np.array([[2.0, 0.7], [0.7, 0.5]])


def test_an_ellipse_lies_at_its_number_of_standard_deviations() -> None:
    found = ellipse(np.array([1.0, -2.0]), MATRIX, 2.0)
    away = found.outline(40) - [1.0, -2.0]
    squared = np.einsum("ni,ij,nj->n", away, np.linalg.inv(MATRIX), away)
    np.testing.assert_allclose(squared, 4.0, rtol=1e-9)
    assert found.radii[0] >= found.radii[1]


def test_axes_of_a_diagonal_gaussian() -> None:
    wide, high = ellipse(np.zeros(2), np.array([4.0, 1.0])), ellipse(np.zeros(2), np.array([1.0, 9.0]), 2)
    assert wide.radii == pytest.approx((2, 1))
    assert wide.angle == pytest.approx(0)
    assert high.radii == pytest.approx((6, 2))
    assert high.angle == pytest.approx(math.pi / 2)
    point = ellipse(np.ones(2), np.zeros(2))
    assert point.radii == (0, 0)


def test_draws_stay_within_and_follow_the_gaussian_there() -> None:
    mean, sigma = np.array([1.0, -2.0]), np.array([0.5, 0.1])
    draws = draws_within(mean, sigma, 20_000, seed=1)
    radii = np.linalg.norm((draws - mean) / sigma, axis=1)
    assert radii.max() <= 2
    inside = (1 - math.exp(-0.5)) / (1 - math.exp(-2))
    assert float((radii < 1).mean()) == pytest.approx(inside, abs=0.015)
    np.testing.assert_allclose(draws.mean(0), mean, atol=0.01)
    np.testing.assert_array_equal(draws_within(mean, sigma, 20, seed=1), draws[:20])
    assert not np.allclose(draws_within(mean, sigma, 20, seed=2), draws[:20])


def test_in_more_dimensions_and_narrow_limits_draws_come_at_once() -> None:
    radii = np.linalg.norm(draws_within(np.zeros(16), np.ones(16), 4000, 0, 2.0), axis=1)
    assert radii.max() <= 2 * math.sqrt(8)
    assert float((radii**2).mean()) == pytest.approx(15.8, abs=0.4)
    assert np.linalg.norm(draws_within(np.zeros(16), np.ones(16), 10, 0, 0.01), axis=1).max() <= 0.01 * math.sqrt(8)


def test_what_is_no_gaussian_is_refused() -> None:
    with pytest.raises(ValueError, match="negative variance"):
        ellipse(np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]]))
    with pytest.raises(ValueError, match="finite"):
        ellipse(np.array([np.nan, 0]), np.eye(2))
    with pytest.raises(ValueError, match="positive number"):
        draws_within(np.zeros(2), np.ones(2), 3, 0, 0.0)

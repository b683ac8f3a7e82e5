"""The Fréchet distance against closed forms and a reference that takes no symmetric root."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.evaluation.frechet import Moments, frechet_distance, moments, symmetric_root


def gaussian(mean: list[float], covariance: np.ndarray) -> Moments:
    return Moments(1000, np.array(mean, float), covariance)


def random_covariance(rng: np.random.Generator, size: int, rank: int | None = None) -> np.ndarray:
    factor = rng.standard_normal((size, rank or size))
    return factor @ factor.T


def reference_distance(a: Moments, b: Moments) -> float:
    """tr (S1 S2)^1/2 as the sum of the roots of the eigenvalues of the product, which is not symmetric."""
    eigenvalues = np.linalg.eigvals(a.covariance @ b.covariance)
    assert np.abs(eigenvalues.imag).max() < 1e-9
    trace = np.sqrt(eigenvalues.real.clip(min=0)).sum()
    return float(((a.mean - b.mean) ** 2).sum() + np.trace(a.covariance) + np.trace(b.covariance) - 2 * trace)


def test_moments_are_those_of_numpy_in_float64() -> None:
    points = np.random.default_rng(0).standard_normal((50, 7)).astype(np.float32) * 3 + 100
    found = moments(points)
    assert found.count == 50
    assert found.mean.dtype == found.covariance.dtype == np.float64
    np.testing.assert_allclose(found.mean, points.astype(np.float64).mean(0), rtol=1e-14)
    np.testing.assert_allclose(found.covariance, np.cov(points.astype(np.float64), rowvar=False), rtol=1e-12)


@pytest.mark.parametrize("points", [np.zeros((1, 3)), np.zeros(5), np.array([[0.0, np.nan], [1.0, 2.0]])])
def test_moments_refuse_what_has_none(points: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"two feature vectors|finite"):
        moments(points)


def test_in_one_dimension_it_is_the_difference_of_means_and_deviations() -> None:
    distance = frechet_distance(gaussian([1.0], np.array([[4.0]])), gaussian([-2.0], np.array([[25.0]])))
    assert distance == pytest.approx((1 + 2) ** 2 + (2 - 5) ** 2, rel=1e-12)


def test_covariances_that_commute_add_up_by_axis() -> None:
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    first, second = np.array([1.0, 4.0, 9.0, 0.25]), np.array([4.0, 1.0, 16.0, 0.0])
    a = gaussian([0] * 4, rotation @ np.diag(first) @ rotation.T)
    b = gaussian([1, 0, 0, 2], rotation @ np.diag(second) @ rotation.T)
    assert frechet_distance(a, b) == pytest.approx(5 + ((first**0.5 - second**0.5) ** 2).sum(), rel=1e-7)


@pytest.mark.parametrize("size", [2, 16, 128])
def test_general_covariances_against_the_unsymmetric_product(size: int) -> None:
    rng = np.random.default_rng(size)
    a = Moments(10, rng.standard_normal(size), random_covariance(rng, size))
    b = Moments(10, rng.standard_normal(size), random_covariance(rng, size))
    assert frechet_distance(a, b) == pytest.approx(reference_distance(a, b), rel=1e-7)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-9)


def test_singular_covariances_stay_real() -> None:
    rng = np.random.default_rng(3)
    a = Moments(10, np.zeros(20), random_covariance(rng, 20, rank=3))
    b = Moments(10, np.zeros(20), random_covariance(rng, 20, rank=5))
    shared = np.linalg.svd(symmetric_root(a.covariance) @ symmetric_root(b.covariance), compute_uv=False).sum()
    expected = np.trace(a.covariance) + np.trace(b.covariance) - 2 * shared
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


def test_a_cloud_has_no_distance_to_itself_and_a_rotation_of_both_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.standard_normal((200, 6)), rng.standard_normal((300, 6)) * 2 + 1
    rotation = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    plain = frechet_distance(moments(first), moments(second))
    assert frechet_distance(moments(first), moments(first)) == pytest.approx(0, abs=1e-10)
    assert frechet_distance(moments(first @ rotation), moments(second @ rotation)) == pytest.approx(plain, rel=1e-9)


def test_the_root_squared_is_the_matrix() -> None:
    matrix = random_covariance(np.random.default_rng(5), 12)
    root = symmetric_root(matrix)
    np.testing.assert_allclose(root @ root, matrix, atol=1e-10)
    np.testing.assert_allclose(root, root.T, atol=1e-12)

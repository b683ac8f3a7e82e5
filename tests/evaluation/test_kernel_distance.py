"""The kernel distance (KID) against brute force over all pairs, what it is in expectation, and its own scatter."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.evaluation.jackknife import jackknife_error
from explorer.evaluation.kernel_distance import Cloud, kernel, kernel_distance


def points(seed: int, count: int, size: int = 5, shift: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.abs(rng.standard_normal((count, size)) * np.linspace(0.5, 3, size) + shift)


def brute_force(first: np.ndarray, second: np.ndarray) -> float:
    """Unbiased squared MMD, pair by pair, in Python's own numbers."""

    def k(a: np.ndarray, b: np.ndarray) -> float:
        return (sum(float(p) * float(q) for p, q in zip(a, b, strict=True)) / len(a) + 1.0) ** 3

    def within(cloud: np.ndarray) -> float:
        pairs = [k(a, b) for i, a in enumerate(cloud) for j, b in enumerate(cloud) if i != j]
        return sum(pairs) / len(pairs)

    across = [k(a, b) for a in first for b in second]
    return within(first) + within(second) - 2 * sum(across) / len(across)


def test_it_is_the_unbiased_discrepancy_of_all_pairs() -> None:
    first, second = points(0, 11), points(1, 17, shift=0.4)
    assert kernel_distance(Cloud.of(first), Cloud.of(second)).value == pytest.approx(brute_force(first, second), rel=1e-11)


def test_of_single_numbers_it_is_known_in_words() -> None:
    """Points at 0 and points at 1, of one coordinate: k(0, .) = 1 and k(1, 1) = 8, so that it is 1 + 8 - 2."""
    distance = kernel_distance(Cloud.of(np.zeros((3, 1))), Cloud.of(np.ones((2, 1))))
    assert distance.value == pytest.approx(7, abs=1e-12)
    np.testing.assert_allclose(distance.left_out, 7, atol=1e-12)


def test_each_block_is_left_out_as_if_it_had_never_been_drawn() -> None:
    first, reference = points(2, 20), Cloud.of(points(3, 30))
    for blocks in (4, 20):
        found = kernel_distance(Cloud.of(first), reference, blocks).left_out
        rows = np.split(np.arange(20), blocks)
        expected = [kernel_distance(Cloud.of(np.delete(first, row, axis=0)), reference).value for row in rows]
        np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_a_part_and_the_rest_are_clouds_of_their_own() -> None:
    features, chosen = points(10, 50), np.arange(50) % 3 == 0
    for found, expected in zip(Cloud.of(features).parted(chosen), (features[chosen], features[~chosen]), strict=True):
        fresh = Cloud.of(expected)
        np.testing.assert_array_equal(found.points, fresh.points)
        for name in ("first", "second", "third"):
            np.testing.assert_allclose(getattr(found, name), getattr(fresh, name), rtol=1e-12)
        assert found.within == pytest.approx(fresh.within, rel=1e-12)
    with pytest.raises(ValueError, match="fewer than two points remain"):
        Cloud.of(features).parted(np.arange(50) > 0)


def test_the_mean_kernel_is_that_over_all_points() -> None:
    cloud, at = points(4, 40, size=7), points(5, 9, size=7)
    np.testing.assert_allclose(Cloud.of(cloud).mean_kernel(at), kernel(at, cloud).mean(1), rtol=1e-12)


def test_it_is_unbiased_however_few_the_samples_and_says_its_own_scatter() -> None:
    """Of one distribution it is 0 on average, below 0 about as often as above; of two the error said is the spread that is seen."""
    reference = Cloud.of(points(6, 20_000))
    alike = np.array([kernel_distance(Cloud.of(points(seed, 20)), reference).value for seed in range(100, 300)])
    assert abs(alike.mean()) < 3 * alike.std() / np.sqrt(len(alike))
    assert 40 < (alike < 0).sum() < 160
    apart = [kernel_distance(Cloud.of(points(seed, 300, shift=1.0)), reference, blocks=20) for seed in range(400, 520)]
    values = np.array([distance.value for distance in apart])
    assert np.mean([distance.standard_error for distance in apart]) == pytest.approx(values.std(), rel=0.2)
    inside = sum(distance.interval[0] < values.mean() < distance.interval[1] for distance in apart)
    assert inside > 0.89 * len(apart)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(7).standard_normal(30)
    left_out = np.array([np.delete(values, i).mean() for i in range(30)])
    assert jackknife_error(left_out) == pytest.approx(values.std(ddof=1) / np.sqrt(30), rel=1e-10)


@pytest.mark.parametrize("features", [np.zeros((1, 3)), np.zeros(5), np.array([[0.0, np.nan], [1.0, 2.0]])])
def test_what_has_no_distance_is_refused(features: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"two feature vectors|finite"):
        Cloud.of(features)


def test_two_samples_are_too_few_to_leave_one_out() -> None:
    with pytest.raises(ValueError, match="2 samples are too few"):
        kernel_distance(Cloud.of(points(8, 2)), Cloud.of(points(9, 4)))

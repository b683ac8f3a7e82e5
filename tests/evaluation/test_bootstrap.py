"""Intervals by resampling: as wide as the figure really moves."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.evaluation.bootstrap import difference_interval, distance_interval, resampled_distances, share_interval
from explorer.evaluation.frechet import frechet_distance, moments

SIZE, WIDTH = 300, 6


@pytest.fixture(scope="module")
def mixing() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(WIDTH, WIDTH))


def cloud(mixing: np.ndarray, seed: int, size: int = SIZE, shift: float = 0.5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(size, WIDTH)) @ mixing + shift


def test_the_standard_error_is_the_spread_over_other_samples(mixing: np.ndarray) -> None:
    reference = moments(cloud(mixing, 1, 20_000, 0.0))
    distances = [frechet_distance(moments(cloud(mixing, seed)), reference) for seed in range(2, 202)]
    clouds = [cloud(mixing, seed) for seed in range(2, 12)]
    intervals = [distance_interval(points, reference, value, resamples=100) for points, value in zip(clouds, distances[:10], strict=True)]
    said = float(np.mean([interval.standard_error for interval in intervals]))
    assert said == pytest.approx(float(np.std(distances)), rel=0.25)
    expected = float(np.mean(distances))
    assert sum(interval.low < expected < interval.high for interval in intervals) >= 7


def test_it_is_the_plain_bootstrap(mixing: np.ndarray) -> None:
    """Against resampled arrays put through the distance itself."""
    reference, features = moments(cloud(mixing, 1, 2000, 0.0)), cloud(mixing, 2, 50)
    value = frechet_distance(moments(features), reference)
    counts = np.random.default_rng(7).multinomial(50, np.full(50, 1 / 50), size=20)
    found = np.array([frechet_distance(moments(np.repeat(features, row, axis=0)), reference) for row in counts])
    interval = distance_interval(features, reference, value, seed=7, resamples=20)
    assert interval.standard_error == pytest.approx(float(found.std(ddof=1)), rel=1e-6)
    assert interval.high == pytest.approx(value + float(np.quantile(found - found.mean(), 0.975)), rel=1e-6)
    assert (interval.resamples, interval.level) == (20, 0.95)


def test_the_seed_determines_it(mixing: np.ndarray) -> None:
    reference, features = moments(cloud(mixing, 1, 2000, 0.0)), cloud(mixing, 2, 50)
    first, again, other = (distance_interval(features, reference, 1.0, seed, resamples=20) for seed in (3, 3, 4))
    assert first == again != other


def test_differences_of_samples_from_the_same_noise_are_sharper(mixing: np.ndarray) -> None:
    reference, first = moments(cloud(mixing, 1, 2000, 0.0)), cloud(mixing, 2, 100)
    second = 1.01 * first
    values = [frechet_distance(moments(points), reference) for points in (first, second)]
    resamples = [resampled_distances(points, reference, seed=5, resamples=50) for points in (first, second)]
    gap = difference_interval(values[0] - values[1], *resamples)
    assert gap.low < values[0] - values[1] < gap.high
    alone = distance_interval(first, reference, values[0], seed=5, resamples=50)
    assert gap.standard_error < 0.2 * alone.standard_error


def test_a_share_moves_as_a_binomial() -> None:
    inside = np.arange(400) < 360
    interval = share_interval(inside, resamples=2000)
    assert interval.standard_error == pytest.approx((0.9 * 0.1 / 400) ** 0.5, rel=0.1)
    assert interval.low < 0.9 < interval.high <= 1
    assert share_interval(np.ones(50, bool)).high == 1.0

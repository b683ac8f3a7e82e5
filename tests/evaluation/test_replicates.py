"""Intervals over seeds and samples: as wide as trainings differ, and how many more would tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.evaluation.replicates import replicates, student


def test_students_quantiles_are_the_closed_forms() -> None:
    assert student(1) == pytest.approx(math.tan(math.pi * 0.475), rel=1e-12)
    assert student(2) == pytest.approx(0.95 * math.sqrt(2 / (1 - 0.95**2)), rel=1e-12)
    assert [student(n) for n in (5, 10, 30)] == pytest.approx([2.570582, 2.228139, 2.042272], abs=1e-6)
    assert student(1000) == pytest.approx(1.962339, abs=1e-6)


def simulated(rng: np.random.Generator, n: int, tau: float, v: float, blocks: int = 10) -> tuple[list[float], list[np.ndarray]]:
    """Differences of n seeds around 1, with the jackknife of samples that give them a variance v."""
    values, left_out = [], []
    for _ in range(n):
        parts = rng.normal(rng.normal(1, tau), math.sqrt(v * blocks), blocks)
        values.append(float(parts.mean()))
        left_out.append(np.array([np.delete(parts, b).mean() for b in range(blocks)]))
    return values, left_out


def test_the_interval_covers_as_often_as_it_says_whatever_varies() -> None:
    rng = np.random.default_rng(0)
    for tau, v in ((1.0, 0.01), (0.0, 1.0), (0.5, 0.25)):
        found = [replicates(*simulated(rng, 3, tau, v)) for _ in range(300)]
        covered = np.mean([one.interval[0] < 1 < one.interval[1] for one in found])
        assert 0.92 < covered < 0.98


def test_what_trainings_differ_by_is_told_from_what_samples_do() -> None:
    found = replicates(*simulated(np.random.default_rng(1), 200, 0.7, 0.25))
    assert found.between == pytest.approx(0.7, abs=0.1)
    assert found.of_samples == pytest.approx(0.5, abs=0.05)


def test_so_many_seeds_would_tell_and_one_fewer_would_not() -> None:
    found = replicates(*simulated(np.random.default_rng(2), 4, 2.0, 1.0))
    needed = found.seeds_to_tell()
    assert needed is not None
    spread = math.hypot(found.between, found.of_samples)
    assert student(needed - 1) * spread / math.sqrt(needed) < abs(found.mean) <= student(needed - 2) * spread / math.sqrt(needed - 1)


def test_so_many_samples_would_tell_where_the_seeds_agree_and_none_where_they_do_not() -> None:
    alike = [np.array([m - 0.9, m + 0.9]) for m in (1.0, 1.1)]
    found = replicates([1.0, 1.1], alike)
    samples = found.samples_to_tell(100)
    assert samples is not None
    assert student(1) * math.sqrt(found.of_samples**2 * 100 / samples / 2) == pytest.approx(found.mean, rel=0.01)
    apart = [np.array([m, m]) for m in (-3.0, 5.0)]
    assert replicates([-3.0, 5.0], apart).samples_to_tell(100) is None


def test_one_seed_tells_nothing_of_seeds() -> None:
    found = replicates([5.0], [np.array([4.9, 5.1])])
    assert found.half == math.inf
    assert not found.tells

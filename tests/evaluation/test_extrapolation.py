"""The Fréchet distance of infinitely many samples: without the bias of few ones."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.evaluation.extrapolation import extrapolated
from explorer.evaluation.frechet import frechet_distance, moments

SIZE, WIDTH = 400, 12


def cloud(seed: int, count: int = SIZE, shift: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, WIDTH)) * np.linspace(0.5, 3, WIDTH) + shift


def test_the_bias_of_few_samples_is_gone() -> None:
    """Against the distance of the distributions themselves, which differ by a shift alone."""
    reference, exact = moments(cloud(0, 60_000)), WIDTH * 0.3**2
    plain = [frechet_distance(moments(cloud(seed, shift=0.3)), reference) for seed in range(1, 41)]
    found = [extrapolated(cloud(seed, shift=0.3), reference) for seed in range(1, 41)]
    values = np.array([each.value for each in found])
    assert np.mean(plain) - exact > 0.15
    assert np.mean(values) == pytest.approx(exact, abs=0.04)
    assert np.mean([each.slope / SIZE for each in found]) == pytest.approx(np.mean(plain) - exact, rel=0.25)
    inside = sum(each.interval[0] < exact < each.interval[1] for each in found)
    assert inside >= 35


def test_it_is_the_line_through_the_distances_of_parts() -> None:
    reference, points = moments(cloud(0, 5000)), cloud(1, shift=0.3)
    parts = [[points], [points[::2], points[1::2]], [points[::3], points[1::3], points[2::3]]]
    distances = [np.mean([frechet_distance(moments(part), reference) for part in parted]) for parted in parts]
    design = np.array([[1, 1 / SIZE], [1, 2 / SIZE], [1, 3 / SIZE]])
    (value, slope), *_ = np.linalg.lstsq(design, np.array(distances), rcond=None)
    found = extrapolated(points, reference, blocks=4)
    assert found.value == pytest.approx(value, rel=1e-8)
    assert found.slope == pytest.approx(slope, rel=1e-6)
    without = extrapolated(points[100:], reference, blocks=4)
    assert found.left_out[0] == pytest.approx(without.value, rel=1e-8)

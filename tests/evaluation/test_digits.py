"""Scores: real images against the others, samples against all."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.evaluation.digits import MIN_REST, real_score, score
from explorer.evaluation.frechet import frechet_distance, moments
from explorer.evaluation.judge import Readings


def readings(count: int, seed: int, shift: float = 0.0) -> Readings:
    rng = np.random.default_rng(seed)
    features = (rng.standard_normal((count, 6)) + shift).astype(np.float32)
    return Readings(features, rng.dirichlet(np.full(10, 0.1), count).astype(np.float32))


def test_a_score_is_distance_and_shares() -> None:
    reference, made = readings(500, 0), readings(80, 1, shift=2)
    found = score(made, moments(reference.features))
    assert found.images == 80
    assert found.frechet_distance == frechet_distance(moments(made.features), moments(reference.features))
    assert found.frechet_distance == pytest.approx(6 * 2**2, rel=0.2)
    assert found.confident_share == made.confident_share
    assert sum(found.digit_shares) == pytest.approx(1)


def test_real_images_are_compared_with_those_not_drawn() -> None:
    real = readings(MIN_REST + 40, 2)
    chosen = np.random.default_rng(5).choice(len(real), 40, replace=False)
    rest = np.setdiff1d(np.arange(len(real)), chosen)
    expected = frechet_distance(moments(real.features[chosen]), moments(real.features[rest]))
    assert real_score(real, 40, 5).frechet_distance == pytest.approx(expected, rel=1e-9)
    assert real_score(real, 40, 5) == real_score(real, 40, 5)
    assert real_score(real, 40, 6) != real_score(real, 40, 5)


@pytest.mark.parametrize("images", [1, 41])
def test_the_others_must_be_many(images: int) -> None:
    with pytest.raises(ValueError, match=r"2\.\.40"):
        real_score(readings(MIN_REST + 40, 2), images, 0)

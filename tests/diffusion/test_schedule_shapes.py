"""Bent schedules: the monotone cubic, control points, and L_T against an integral."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from explorer.diffusion.knots import HIGHEST, LEAST_APART, LEAST_FALL, LOWEST, moved, removed
from explorer.diffusion.schedule import cosine, from_betas, linear
from explorer.diffusion.schedule_shapes import Levels, added, bent, kl_to_standard, knots_on, monotone_cubic

KNOTS = ((0.0, 9.0), (0.2, 3.0), (0.5, 2.9), (0.55, -4.0), (1.0, -8.0))


def levels_of(schedule: object) -> Levels:
    return Levels(schedule.betas.numpy(), schedule.alpha_bar.numpy())  # type: ignore[attr-defined]


def test_the_cubic_runs_through_its_knots_and_never_turns() -> None:
    at = np.linspace(0, 1, 5001)
    curve = monotone_cubic(KNOTS, at)
    assert monotone_cubic(KNOTS, np.array([u for u, _ in KNOTS])) == pytest.approx([y for _, y in KNOTS])
    assert (np.diff(curve) <= 1e-12).all()
    for (a, high), (b, low) in pairwise(KNOTS):
        part = curve[(at >= a) & (at <= b)]
        assert low - 1e-9 <= part.min() <= part.max() <= high + 1e-9


def test_the_cubic_is_smooth_at_its_knots() -> None:
    step = 1e-6
    for u, _ in KNOTS[1:-1]:
        y = monotone_cubic(KNOTS, np.array([u - step, u, u + step]))
        assert (y[1] - y[0]) / step == pytest.approx((y[2] - y[1]) / step, abs=0.01)


def test_a_straight_line_stays_straight() -> None:
    at = np.linspace(0, 1, 11)
    assert monotone_cubic(((0, 1), (0.3, 0.7), (1, 0)), at) == pytest.approx(1 - at)


@pytest.mark.parametrize("T", [1, 2, 30, 1000])
def test_a_bent_schedule_is_a_schedule(T: int) -> None:
    levels = bent(KNOTS, T)
    schedule = from_betas(levels.betas.tolist())
    assert schedule.T == T
    assert torch.allclose(schedule.alpha_bar, torch.from_numpy(levels.alpha_bar), rtol=1e-9, atol=0)
    assert levels.log_snr[-1] == pytest.approx(KNOTS[-1][1])
    if T > 1:
        assert levels.log_snr[1] == pytest.approx(KNOTS[0][1])


@pytest.mark.parametrize("make", [linear, cosine])
def test_control_points_lie_on_the_schedule_and_come_near_to_it(make: object) -> None:
    levels = levels_of(make(1000))  # type: ignore[operator]
    knots = knots_on(levels)
    again = bent(knots, 1000)
    assert np.abs(again.alpha_bar - levels.alpha_bar).max() < 0.02


def test_the_extremes_that_can_be_dragged_are_schedules_still() -> None:
    flat = ((0.0, HIGHEST), (0.5, HIGHEST - 0.02), (1.0, HIGHEST - 0.04))
    steep = ((0.0, HIGHEST), (LEAST_APART, LOWEST + 0.02), (1.0, LOWEST))
    for knots in (flat, steep):
        assert from_betas(bent(knots, 1000).betas.tolist()).T == 1000


def test_a_dragged_point_stays_between_its_neighbours_and_pushes_them() -> None:
    knots = moved(KNOTS, 1, 0.9, 2.0)
    assert knots[1] == pytest.approx((0.5 - LEAST_APART, 2.0))
    assert knots[2] == pytest.approx((0.5, 2.0 - LEAST_FALL))
    assert knots[3:] == KNOTS[3:]
    lifted = moved(KNOTS, 4, 0.4, 5.0)
    assert [u for u, _ in lifted] == [u for u, _ in KNOTS]
    assert [level for _, level in lifted] == pytest.approx([9.0, 5 + 3 * LEAST_FALL, 5 + 2 * LEAST_FALL, 5 + LEAST_FALL, 5.0])
    for index, level in ((0, 99.0), (0, -99.0), (4, 99.0), (4, -99.0), (2, 99.0), (2, -99.0)):
        far = moved(KNOTS, index, 0.4, level)
        assert HIGHEST >= far[0][1] > far[-1][1] >= LOWEST
        bent(far, 50)


def test_points_are_added_on_the_curve_and_taken_away() -> None:
    grown = added(KNOTS, 0.35)
    assert len(grown) == len(KNOTS) + 1
    assert grown[2][1] == pytest.approx(float(monotone_cubic(KNOTS, np.array([0.35]))[0]))
    assert added(KNOTS, 0.205) == KNOTS, "too near to another"
    assert removed(grown, 2) == KNOTS
    assert removed(KNOTS, 0) == KNOTS


@pytest.mark.parametrize("knots", [((0.0, 1.0),), ((0.0, 1.0), (0.9, 0.0)), ((0.0, 1.0), (1.0, 2.0)), ((0.0, math.nan), (1.0, 0.0))])
def test_control_points_of_no_schedule_are_refused(knots: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="control point"):
        bent(knots, 10)


def test_kl_is_the_integral() -> None:
    x0, alpha_bar = -0.7, 0.4
    x = np.linspace(-12, 12, 200_001)

    def density(mean: float, variance: float) -> np.ndarray:
        return np.exp(-((x - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)

    q, p = density(math.sqrt(alpha_bar) * x0, 1 - alpha_bar), density(0, 1)
    assert kl_to_standard(x0 * x0, alpha_bar) == pytest.approx(float((q * np.log(q / p)).sum() * (x[1] - x[0])), rel=1e-6)

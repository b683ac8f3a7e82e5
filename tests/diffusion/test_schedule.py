"""Schedules against their formulas in plain Python, and what is refused."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.diffusion.schedule import Schedule, ScheduleError, cosine, from_betas, linear, named


@pytest.mark.parametrize("T", [1000, 500, 100, 51])
def test_linear_betas_are_rescaled_by_1000_over_T(T: int) -> None:
    first, last = 1e-4 * 1000 / T, 0.02 * 1000 / T
    expected = [first + (last - first) * i / (T - 1) for i in range(T)]
    schedule = linear(T)
    assert schedule.T == T
    assert schedule.betas.dtype == torch.float64
    assert schedule.betas.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "schedule", [linear(1000), linear(60), cosine(1000), cosine(13)], ids=["linear", "short", "cosine", "short cosine"]
)
def test_alpha_bar_is_the_product_of_the_alphas_and_starts_at_1(schedule: Schedule) -> None:
    betas = schedule.betas.tolist()
    product = 1.0
    for t in range(schedule.T + 1):
        assert float(schedule.alpha_bar[t]) == pytest.approx(product, rel=1e-12)
        if t < schedule.T:
            product *= 1 - betas[t]
    assert float(schedule.alpha_bar[0]) == 1.0


def test_the_same_T_1000_linear_schedule_as_the_paper() -> None:
    schedule = linear()
    assert float(schedule.betas[0]) == pytest.approx(1e-4)
    assert float(schedule.betas[-1]) == pytest.approx(0.02)
    log_alpha_bar = math.fsum(math.log1p(-(1e-4 + (0.02 - 1e-4) * i / 999)) for i in range(1000))
    assert float(schedule.alpha_bar[-1]) == pytest.approx(math.exp(log_alpha_bar), rel=1e-12)


@pytest.mark.parametrize("T", [1, 2, 10, 1000])
def test_cosine_follows_nichol_and_dhariwal(T: int) -> None:
    def f(t: int) -> float:
        return math.cos((t / T + 0.008) / 1.008 * math.pi / 2) ** 2

    expected = [min(1 - f(t) / f(t - 1), 0.999) for t in range(1, T + 1)]
    assert cosine(T).betas.tolist() == pytest.approx(expected, rel=1e-9)


def test_cosine_clips_only_the_last_betas() -> None:
    betas = cosine(1000).betas
    assert float(betas[-1]) == 0.999
    assert float(betas[-2]) < 0.999


@pytest.mark.parametrize(
    ("betas", "cause"),
    [
        ([], "at least one beta"),
        ([0.1, 0.0], "beta_2 = 0 "),
        ([1.0], "beta_1 = 1 "),
        ([0.1, 0.2, -0.1], "beta_3 = -0.1"),
        ([0.1, 1.5], "beta_2 = 1.5"),
        ([0.1, math.nan], "finite"),
        ([math.inf], "finite"),
        ([0.999] * 200, "underflows"),
        ([0.1, 5e-324], "beta_2 = 4.94066e-324 is too small"),
        ([1e-17, 0.1], "beta_1 = 1e-17 is too small"),
    ],
)
def test_what_is_no_schedule_is_refused_with_the_cause(betas: list[float], cause: str) -> None:
    with pytest.raises(ScheduleError, match=cause):
        from_betas(betas)


def test_a_table_or_single_precision_is_no_schedule() -> None:
    with pytest.raises(ScheduleError, match="list"):
        Schedule(torch.full((2, 2), 0.1, dtype=torch.float64))
    with pytest.raises(ScheduleError, match="float64"):
        Schedule(torch.full((2,), 0.1))


def test_a_linear_schedule_too_short_for_its_rescaling_says_so() -> None:
    with pytest.raises(ScheduleError, match="beta_20 = 1 is not in"):
        linear(20)


def test_a_checkpoints_own_betas_are_kept_as_they_are() -> None:
    betas = [0.1, 0.05, 0.3]
    schedule = from_betas(betas)
    assert schedule.betas.tolist() == betas
    assert schedule.name == "betas"


def test_named_schedules() -> None:
    assert torch.equal(named("linear", 100).betas, linear(100).betas)
    assert torch.equal(named("cosine", 100).betas, cosine(100).betas)
    with pytest.raises(ScheduleError, match=r"'sigmoid'.*linear, cosine"):
        named("sigmoid", 100)
    with pytest.raises(ScheduleError, match="at least 1"):
        named("cosine", 0)

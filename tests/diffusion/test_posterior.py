"""Property 2 and 3 against Bayes' rule, and the DDIM family."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explorer.diffusion.parameterization import mean_from_x0
from explorer.diffusion.posterior import posterior
from explorer.diffusion.schedule import Schedule, cosine, linear

SCHEDULES = [linear(1000), linear(60), cosine(1000)]
IDS = [f"{s.name} {s.T}" for s in SCHEDULES]


def levels(schedule: Schedule) -> list[tuple[float, float]]:
    """(alpha_bar_t, alpha_bar_{t-1}) for t = 1..T."""
    values = schedule.alpha_bar.tolist()
    return [(values[t], values[t - 1]) for t in range(1, schedule.T + 1)]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=IDS)
def test_the_two_forms_of_mu_tilde_agree_for_all_t(schedule: Schedule) -> None:
    rng = np.random.default_rng(0)
    for (alpha_bar, alpha_bar_prev), beta in zip(levels(schedule), schedule.betas.tolist(), strict=True):
        step = posterior(alpha_bar, alpha_bar_prev)
        x0, eps = rng.uniform(-1, 1, 50), rng.standard_normal(50)
        x_t = math.sqrt(alpha_bar) * x0 + math.sqrt(1 - alpha_bar) * eps
        property_2 = step.a0 * x0 + step.at * x_t
        property_3 = (x_t - beta / math.sqrt(1 - alpha_bar) * eps) / math.sqrt(1 - beta)
        assert np.abs(property_2 - property_3).max() < 1e-12


@pytest.mark.parametrize("schedule", SCHEDULES, ids=IDS)
def test_mu_tilde_and_sigma_are_bayes_rule_on_the_joint_gaussian(schedule: Schedule) -> None:
    rng = np.random.default_rng(1)
    for (alpha_bar, alpha_bar_prev), beta in zip(levels(schedule), schedule.betas.tolist(), strict=True):
        x0, x_t = rng.uniform(-1, 1), rng.standard_normal()
        root = math.sqrt(1 - beta)
        mean = np.array([math.sqrt(alpha_bar_prev) * x0, math.sqrt(alpha_bar) * x0])
        covariance = np.array([[1 - alpha_bar_prev, root * (1 - alpha_bar_prev)], [root * (1 - alpha_bar_prev), 1 - alpha_bar]])
        gain = covariance[0, 1] / covariance[1, 1]
        step = posterior(alpha_bar, alpha_bar_prev)
        assert step.a0 * x0 + step.at * x_t == pytest.approx(mean[0] + gain * (x_t - mean[1]), abs=1e-12)
        assert step.sigma**2 == pytest.approx(covariance[0, 0] - gain * covariance[0, 1], abs=1e-12)


def test_bayes_rule_by_a_grid_over_x_prev() -> None:
    alpha_bar, alpha_bar_prev = 0.3, 0.5
    alpha, x0, x_t = alpha_bar / alpha_bar_prev, 0.7, -0.4
    grid = np.linspace(-8, 8, 400_001)
    log_density = -((grid - math.sqrt(alpha_bar_prev) * x0) ** 2) / (2 * (1 - alpha_bar_prev))
    log_density -= (x_t - math.sqrt(alpha) * grid) ** 2 / (2 * (1 - alpha))
    density = np.exp(log_density - log_density.max())
    density /= density.sum()
    mean = (density * grid).sum()
    step = posterior(alpha_bar, alpha_bar_prev)
    assert step.a0 * x0 + step.at * x_t == pytest.approx(mean, abs=1e-9)
    assert step.sigma == pytest.approx(math.sqrt((density * (grid - mean) ** 2).sum()), abs=1e-9)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=IDS)
@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0])
def test_the_last_step_adds_no_noise_and_ends_at_x0(schedule: Schedule, eta: float) -> None:
    step = posterior(*levels(schedule)[0], eta)
    assert step.sigma == 0.0
    assert step.a0 == pytest.approx(1.0, abs=1e-12)
    assert step.at == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("alpha_bar", "alpha_bar_prev"), [(0.3, 0.5), (1e-5, 0.9), (0.998, 0.999), (0.5, 1.0)])
@pytest.mark.parametrize("eta", [0.0, 0.25, 0.999, 1.0])
def test_the_mean_is_ddims_for_every_eta(alpha_bar: float, alpha_bar_prev: float, eta: float) -> None:
    rng = np.random.default_rng(2)
    x0, eps = rng.uniform(-1, 1, 20), rng.standard_normal(20)
    x_t = math.sqrt(alpha_bar) * x0 + math.sqrt(1 - alpha_bar) * eps
    sigma = eta * math.sqrt((1 - alpha_bar_prev) / (1 - alpha_bar)) * math.sqrt(1 - alpha_bar / alpha_bar_prev)
    song = math.sqrt(alpha_bar_prev) * x0 + math.sqrt(1 - alpha_bar_prev - sigma**2) * eps
    step = posterior(alpha_bar, alpha_bar_prev, eta)
    assert step.sigma == pytest.approx(sigma, rel=1e-9, abs=1e-15)
    assert np.abs(step.a0 * x0 + step.at * x_t - song).max() < 1e-9


def test_two_single_steps_make_the_double_step() -> None:
    """q(x_s | x_t, x_0) between distant levels is the marginal of the steps between them."""
    schedule = linear(60)
    values = schedule.alpha_bar.tolist()
    first, second = posterior(values[40], values[39]), posterior(values[39], values[38])
    double = posterior(values[40], values[38])
    assert second.a0 + second.at * first.a0 == pytest.approx(double.a0, rel=1e-9)
    assert second.at * first.at == pytest.approx(double.at, rel=1e-9)
    assert second.at**2 * first.sigma**2 + second.sigma**2 == pytest.approx(double.sigma**2, rel=1e-9)


def test_derived_roots_are_those_of_property_1() -> None:
    step = posterior(0.36, 0.6)
    assert step.alpha == pytest.approx(0.6)
    assert step.sqrt_alpha_bar == pytest.approx(0.6)
    assert step.sqrt_one_minus_alpha_bar == pytest.approx(0.8)
    x_t, x0 = torch.tensor([1.0], dtype=torch.float64), torch.tensor([2.0], dtype=torch.float64)
    assert float(mean_from_x0(x_t, x0, step)) == pytest.approx(2 * step.a0 + step.at)


@pytest.mark.parametrize(("alpha_bar", "alpha_bar_prev"), [(0.5, 0.5), (0.6, 0.5), (0.0, 0.5), (0.5, 1.1), (-0.1, 0.5), (math.nan, 0.5)])
def test_levels_out_of_order_are_refused(alpha_bar: float, alpha_bar_prev: float) -> None:
    with pytest.raises(ValueError, match="levels"):
        posterior(alpha_bar, alpha_bar_prev)


@pytest.mark.parametrize("eta", [-0.1, 1.1, math.nan])
def test_eta_outside_0_and_1_is_refused(eta: float) -> None:
    with pytest.raises(ValueError, match="eta"):
        posterior(0.3, 0.5, eta)

"""The objective's terms against brute force, and against a case in which all of them are known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from explorer.diffusion.objective import bits_per_dim, gaussian_kl, log_bin_mass, prior_term, read, reverse_variances
from explorer.diffusion.parameterization import Option
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear

SPREAD = 0.6
"""Standard deviation of the Gaussian data."""


def optimal(option: Option, schedule: Schedule, spread: float = SPREAD) -> NetworkPredictor:
    """The best network for data N(0, spread^2 I): linear in x_t, E[x_0 | x_t] under the option."""

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        time = int(t[0])
        levels = schedule.alpha_bar
        step = posterior(float(levels[time]), float(levels[time - 1]))
        x0 = shrinkage(step.alpha_bar, spread) * x_t
        if option is Option.B:
            return x0
        if option is Option.A:
            return step.a0 * x0 + step.at * x_t
        eps = (x_t - step.sqrt_alpha_bar * x0) / step.sqrt_one_minus_alpha_bar
        return eps if option is Option.C else step.sqrt_alpha_bar * eps - step.sqrt_one_minus_alpha_bar * x0

    return NetworkPredictor(network, option, schedule)


def shrinkage(level: float, spread: float = SPREAD) -> float:
    """E[x_0 | x_t] / x_t."""
    return spread**2 * math.sqrt(level) / (spread**2 * level + 1 - level)


def known_term(schedule: Schedule, t: int, values: int, spread: float = SPREAD) -> float:
    """E[L_{t-1}] of the optimal network: a0^2 Var(x_0 | x_t) / (2 sigma^2) for each value."""
    levels = schedule.alpha_bar
    step = posterior(float(levels[t]), float(levels[t - 1]))
    left = spread**2 * (1 - step.alpha_bar) / (spread**2 * step.alpha_bar + 1 - step.alpha_bar)
    return values * step.a0**2 * left / (2 * step.sigma**2)


def test_prior_term_is_the_kl_of_the_two_gaussians() -> None:
    schedule = linear(50)
    x0 = torch.rand(3, 1, 4, 4) * 2 - 1
    level = schedule.alpha_bar[-1]
    known = kl_divergence(Normal(level.sqrt() * x0.double(), (1 - level).sqrt()), Normal(0.0, 1.0)).flatten(1).sum(1)
    torch.testing.assert_close(prior_term(schedule, x0), known, rtol=1e-9, atol=0)


@pytest.mark.parametrize(("variance", "other"), [(0.3, 0.3), (0.3, 0.5), (1e-7, 2e-7)])
def test_gaussian_kl_is_torchs(variance: float, other: float) -> None:
    gap = 1e-3 * torch.randn(4, 2, 3, dtype=torch.float64)
    known = kl_divergence(Normal(gap, math.sqrt(variance)), Normal(torch.zeros_like(gap), math.sqrt(other))).flatten(1).sum(1)
    torch.testing.assert_close(gaussian_kl(gap, variance, other), known, rtol=1e-9, atol=0)


@pytest.mark.parametrize("sigma", [1e-3, 0.0074, 0.3, 50.0])
@pytest.mark.parametrize("mean", [-2.0, -1.0, -0.301, 0.0, 0.9999, 1.7])
def test_masses_of_all_bins_sum_to_one(sigma: float, mean: float) -> None:
    levels = torch.arange(256, dtype=torch.float64) / 127.5 - 1
    masses = log_bin_mass(levels, torch.full_like(levels, mean), sigma)
    assert torch.isfinite(masses).all()
    assert float(masses.logsumexp(0)) == pytest.approx(0, abs=1e-10)


def test_bin_mass_is_the_integral_of_the_density_even_far_out() -> None:
    sigma, grey = 0.01, 40 / 127.5 - 1
    for mean in (grey, grey + 0.05, grey - 0.31):
        middles = torch.linspace(-1, 1, 20_001, dtype=torch.float64)[:-1] + 1 / 20_000
        width = 2 / 255 / 20_000
        density = Normal(torch.tensor(mean, dtype=torch.float64), sigma).log_prob(grey + middles / 255)
        known = float(density.logsumexp(0)) + math.log(width)
        found = log_bin_mass(torch.tensor([grey]), torch.tensor([mean], dtype=torch.float64), sigma)
        assert float(found) == pytest.approx(known, rel=1e-7)


def test_bins_at_the_ends_are_open() -> None:
    both = torch.tensor([-1.0, 1.0])
    masses = log_bin_mass(both, torch.tensor([-3.0, 3.0], dtype=torch.float64), 0.1)
    torch.testing.assert_close(masses, torch.zeros(2, dtype=torch.float64), atol=1e-12, rtol=0)


def test_float32_grey_levels_are_taken_to_their_bins() -> None:
    levels = torch.arange(256) / 127.5 - 1
    mean = torch.zeros(256, dtype=torch.float64)
    torch.testing.assert_close(log_bin_mass(levels.float(), mean, 0.0074), log_bin_mass(levels.double(), mean, 0.0074), rtol=1e-12, atol=0)


@pytest.mark.parametrize("schedule", [linear(1000), cosine(40), from_betas([0.1, 0.3])])
def test_reverse_variances_are_those_of_the_steps(schedule: Schedule) -> None:
    levels = [float(level) for level in schedule.alpha_bar]
    found = reverse_variances(schedule)
    for t in range(2, schedule.T + 1):
        assert float(found[t]) == pytest.approx(posterior(levels[t], levels[t - 1]).sigma ** 2, rel=1e-9)
    assert float(found[1]) == float(found[2])
    torch.testing.assert_close(reverse_variances(schedule, "beta")[1:], schedule.betas)


def test_one_timestep_has_a_variance_too() -> None:
    assert float(reverse_variances(from_betas([0.2]))[1]) == 0.2


@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize("t", [2, 7, 30])
def test_every_step_term_of_gaussian_data_is_known(option: Option, t: int) -> None:
    schedule = linear(30)
    x0 = SPREAD * torch.randn(20_000, 1, 2, 2)
    found = read(optimal(option, schedule), x0, t, torch.randn_like(x0)).nats
    error = float(found.std()) / math.sqrt(len(found))
    assert error < 0.02 * float(found.mean())
    assert abs(float(found.mean()) - known_term(schedule, t, 4)) < 4 * error


def test_options_of_one_denoiser_have_the_same_terms() -> None:
    schedule, x0 = linear(1000), torch.rand(8, 1, 4, 4) * 2 - 1
    for t in (1, 2, 500, 1000):
        eps = torch.randn_like(x0)
        b, c, v = (read(optimal(option, schedule), x0.double(), t, eps.double()).nats for option in (Option.B, Option.C, Option.V))
        torch.testing.assert_close(b, c, rtol=1e-8, atol=1e-12)
        torch.testing.assert_close(b, v, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("t", [2, 3, 10, 500, 1000])
def test_float32_keeps_the_terms_near_the_end(t: int) -> None:
    schedule, x0 = linear(1000), torch.rand(8, 1, 4, 4) * 2 - 1
    eps = torch.randn_like(x0)
    single = read(optimal(Option.C, schedule), x0, t, eps).nats
    double = read(optimal(Option.C, schedule), x0.double(), t, eps.double()).nats
    torch.testing.assert_close(single, double, rtol=2e-3, atol=1e-9)


def test_the_term_is_the_kl_of_the_two_steps_for_the_other_variance_too() -> None:
    schedule, t = linear(30), 9
    x0 = torch.rand(3, 1, 2, 2, dtype=torch.float64) * 2 - 1
    eps = torch.randn_like(x0)
    levels = schedule.alpha_bar
    step = posterior(float(levels[t]), float(levels[t - 1]))
    x_t = step.sqrt_alpha_bar * x0 + step.sqrt_one_minus_alpha_bar * eps
    x0_hat = shrinkage(step.alpha_bar) * x_t
    exact = Normal(step.a0 * x0 + step.at * x_t, step.sigma)
    beta = float(schedule.betas[t - 1])
    for variance, scale in (("posterior", step.sigma), ("beta", math.sqrt(beta))):
        known = kl_divergence(exact, Normal(step.a0 * x0_hat + step.at * x_t, scale)).flatten(1).sum(1)
        found = read(optimal(Option.B, schedule), x0, t, eps, variance=variance)  # type: ignore[arg-type]
        torch.testing.assert_close(found.nats, known, rtol=1e-9, atol=0)
        torch.testing.assert_close(found.x0_error, (x0_hat - x0).square().flatten(1).mean(1))


def test_clipping_is_of_x0_hat() -> None:
    schedule = linear(30)
    x0 = torch.ones(2, 1, 2, 2)
    eps = torch.full_like(x0, 6.0)
    free, clipped = (read(optimal(Option.B, schedule, 50.0), x0, 20, eps, clip=clip) for clip in (False, True))
    assert float(clipped.x0_error.max()) == 0
    assert float(clipped.nats.max()) < 1e-6 < float(free.nats.min())


def test_bits_per_dimension() -> None:
    assert bits_per_dim(784 * math.log(2), 784) == pytest.approx(1)

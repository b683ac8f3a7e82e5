"""Algorithm 1: targets and losses of every option against loops in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from explorer.diffusion.forward import q_sample
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import cosine, from_betas, linear
from explorer.diffusion.training import KINDS, TrainingTables, linear_fit, loss, loss_all_timesteps, residual_scale, target

SCHEDULE = linear(60)
TABLES = TrainingTables(SCHEDULE)
BETAS = SCHEDULE.betas.tolist()
SHAPE = (1, 4, 4)


def level(t: int) -> float:
    return math.prod(1 - b for b in BETAS[:t])


def sigma(t: int) -> float:
    """sigma_t of Property 2; sigma_2 at t = 1."""
    t = max(t, 2)
    return math.sqrt((1 - level(t - 1)) * BETAS[t - 1] / (1 - level(t)))


def brute_target(option: Option, x0: Tensor, eps: Tensor, t: int) -> Tensor:
    alpha_bar, beta = level(t), BETAS[t - 1]
    x_t = math.sqrt(alpha_bar) * x0 + math.sqrt(1 - alpha_bar) * eps
    return {
        Option.A: (x_t - beta / math.sqrt(1 - alpha_bar) * eps) / math.sqrt(1 - beta),
        Option.B: x0,
        Option.C: eps,
        Option.V: math.sqrt(alpha_bar) * eps - math.sqrt(1 - alpha_bar) * x0,
    }[option]


def brute_posterior(t: int) -> tuple[float, float]:
    """a0 and at of Property 2: mean = a0 x_0 + at x_t."""
    alpha_bar, before, beta = level(t), level(t - 1), BETAS[t - 1]
    return math.sqrt(before) * beta / (1 - alpha_bar), math.sqrt(1 - beta) * (1 - before) / (1 - alpha_bar)


def brute_x0_hat(option: Option, output: Tensor, x_t: Tensor, t: int) -> Tensor:
    """The clean image that this output says (MATH's table)."""
    alpha_bar, (a0, at) = level(t), brute_posterior(t)
    return {
        Option.A: (output - at * x_t) / a0,
        Option.B: output,
        Option.C: (x_t - math.sqrt(1 - alpha_bar) * output) / math.sqrt(alpha_bar),
        Option.V: math.sqrt(alpha_bar) * x_t - math.sqrt(1 - alpha_bar) * output,
    }[option]


def brute_mean(option: Option, output: Tensor, x_t: Tensor, t: int) -> Tensor:
    """The mean that the sampler would use for this output."""
    a0, at = brute_posterior(t)
    return a0 * brute_x0_hat(option, output, x_t, t) + at * x_t


def network(x_t: Tensor, t: Tensor) -> Tensor:
    """Any function of both arguments."""
    return torch.sin(3 * x_t) + t.reshape(-1, 1, 1, 1) / 60


def draw(n: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x0 = torch.rand(n, *SHAPE, generator=generator, dtype=torch.float64) * 2 - 1
    return x0, torch.randn(n, *SHAPE, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("option", list(Option))
def test_targets(option: Option) -> None:
    x0, eps = draw(60)
    t = torch.arange(1, 61)
    found = target(option, TABLES, x0, eps, q_sample(SCHEDULE, x0, t, eps), t)
    for i in range(60):
        assert torch.allclose(found[i], brute_target(option, x0[i], eps[i], i + 1), atol=1e-10, rtol=0)


@pytest.mark.parametrize("option", list(Option))
def test_the_simple_loss_is_the_squared_error_to_the_target(option: Option) -> None:
    x0, eps = draw(60)
    t = torch.arange(1, 61)
    found = loss(network, option, TABLES, x0, t, eps)
    assert found.shape == (60,)
    for i in range(60):
        x_t = math.sqrt(level(i + 1)) * x0[i] + math.sqrt(1 - level(i + 1)) * eps[i]
        error = network(x_t[None], t[i : i + 1])[0] - brute_target(option, x0[i], eps[i], i + 1)
        assert float(found[i]) == pytest.approx(float(error.square().mean()), rel=1e-5)


@pytest.mark.parametrize("option", list(Option))
def test_the_bounds_loss_is_the_error_of_the_sampled_mean_over_2_sigma_squared(option: Option) -> None:
    """L_{t-1} = ||mu_tilde - mu_theta||^2 / (2 sigma_t^2) per pixel, whatever the network predicts."""
    x0, eps = draw(60)
    t = torch.arange(1, 61)
    found = loss(network, option, TABLES, x0, t, eps, "bound")
    for i in range(60):
        time = i + 1
        x_t = math.sqrt(level(time)) * x0[i] + math.sqrt(1 - level(time)) * eps[i]
        mean = brute_mean(option, network(x_t[None], t[i : i + 1])[0], x_t, time)
        wanted = brute_target(Option.A, x0[i], eps[i], time)
        expected = float((mean - wanted).square().mean()) / (2 * sigma(time) ** 2)
        assert float(found[i]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("option", list(Option))
def test_min_snr_is_the_error_of_the_clean_image_times_the_smaller_of_snr_and_5(option: Option) -> None:
    """Hang et al. 2023, eq. 6: whatever the network predicts."""
    x0, eps = draw(60)
    t = torch.arange(1, 61)
    found = loss(network, option, TABLES, x0, t, eps, "min-snr")
    for i in range(60):
        time, alpha_bar = i + 1, level(i + 1)
        x_t = math.sqrt(alpha_bar) * x0[i] + math.sqrt(1 - alpha_bar) * eps[i]
        x0_hat = brute_x0_hat(option, network(x_t[None], t[i : i + 1])[0], x_t, time)
        expected = float((x0_hat - x0[i]).square().mean()) * min(alpha_bar / (1 - alpha_bar), 5.0)
        assert float(found[i]) == pytest.approx(expected, rel=1e-4)


def test_option_c_has_ho_et_al_s_weight() -> None:
    """beta^2 / (2 sigma^2 alpha (1 - alpha_bar)) (DDPM, eq. 12)."""
    x0, eps = draw(1)
    for time in (2, 30, 60):
        t = torch.tensor([time])
        ratio = float(loss(network, Option.C, TABLES, x0, t, eps, "bound") / loss(network, Option.C, TABLES, x0, t, eps))
        beta = BETAS[time - 1]
        assert ratio == pytest.approx(beta**2 / (2 * sigma(time) ** 2 * (1 - beta) * (1 - level(time))), rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", list(Option))
def test_a_perfect_network_has_no_loss(option: Option, kind: str) -> None:
    x0, eps = draw(60)
    t = torch.arange(1, 61)
    answers = torch.stack([brute_target(option, x0[i], eps[i], i + 1) for i in range(60)])
    assert loss(lambda x_t, t: answers.double(), option, TABLES, x0, t, eps, kind).max() < 1e-9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("option", list(Option))
def test_all_timesteps_is_the_mean_over_every_t_of_one_image(option: Option, kind: str) -> None:
    x0, eps = draw(60)
    image = x0[0]
    found = loss_all_timesteps(network, option, TABLES, image, eps, kind)
    each = [float(loss(network, option, TABLES, image[None], torch.tensor([t]), eps[t - 1 : t], kind)) for t in range(1, 61)]
    assert found.ndim == 0
    assert float(found) == pytest.approx(sum(each) / 60, rel=1e-6)


def test_an_unknown_loss_is_refused() -> None:
    x0, eps = draw(1)
    with pytest.raises(ValueError, match="simple, min-snr, bound, not 'huber'"):
        loss(network, Option.C, TABLES, x0, torch.tensor([1]), eps, "huber")


def test_the_bounds_weight_is_finite_at_t_1() -> None:
    assert torch.isfinite(TABLES.bound_weight[1:]).all()
    assert float(TABLES.bound_weight[1]) == pytest.approx(0.5 / sigma(2) ** 2)


def test_the_bounds_weight_of_a_single_timestep_has_beta_1() -> None:
    """There is no sigma_2 to stand for sigma_1 = 0."""
    tables = TrainingTables(from_betas([0.3]))
    assert float(tables.bound_weight[1]) == pytest.approx(0.5 / 0.3)


@pytest.mark.parametrize("schedule", [linear(1000), cosine(100)], ids=["linear", "cosine"])
@pytest.mark.parametrize("option", list(Option))
def test_residual_scale_is_the_root_mean_square_of_target_minus_input(option: Option, schedule) -> None:  # type: ignore[no-untyped-def]
    tables, mean_square, n = TrainingTables(schedule), 0.7, 400_000
    generator = torch.Generator().manual_seed(1)
    t = torch.randint(1, schedule.T + 1, (n,), generator=generator)
    x0 = torch.randn(n, 1, generator=generator, dtype=torch.float64) * math.sqrt(mean_square)
    eps = torch.randn(n, 1, generator=generator, dtype=torch.float64)
    x_t = q_sample(schedule, x0, t, eps)
    sampled = float((target(option, tables, x0, eps, x_t, t) - x_t).square().mean().sqrt())
    assert residual_scale(option, tables, mean_square) == pytest.approx(sampled, rel=0.02)


def test_option_a_asks_for_a_hundredth_of_what_the_others_ask_for() -> None:
    tables = TrainingTables(linear(1000))
    scales = {option: residual_scale(option, tables, 0.9) for option in Option}
    assert scales[Option.A] < 0.02
    assert min(scales[o] for o in (Option.B, Option.C, Option.V)) > 0.3


@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize("t", [1, 30, 60])
def test_the_linear_fit_is_the_regression_of_the_target_on_x_t(option: Option, t: int) -> None:
    """Least squares over many draws, written without any of its formulas."""
    schedule = linear(60)
    tables = TrainingTables(schedule)
    generator = torch.Generator().manual_seed(5)
    x0 = 0.8 * torch.randn(200_000, 1, 1, 1, generator=generator, dtype=torch.float64)
    eps = torch.randn(x0.shape, generator=generator, dtype=torch.float64)
    times = torch.full((len(x0),), t)
    x_t = q_sample(schedule, x0, times, eps)
    wanted = target(option, tables, x0, eps, x_t, times)
    slope = float((wanted * x_t).mean() / (x_t * x_t).mean())
    left = float((wanted - slope * x_t).square().mean().sqrt())
    skip, scale = linear_fit(option, tables, 0.64)
    assert skip.shape == scale.shape == (61,)
    assert float(skip[t]) == pytest.approx(slope, abs=0.01)
    assert abs(float(scale[t])) == pytest.approx(left, rel=0.02)


def test_with_the_linear_fit_every_option_asks_for_the_same() -> None:
    schedule = linear(60)
    tables = TrainingTables(schedule)
    generator = torch.Generator().manual_seed(6)
    x0, eps = (torch.randn(60, 1, 4, 4, generator=generator, dtype=torch.float64) for _ in range(2))
    t = torch.arange(1, 61)
    x_t = q_sample(schedule, x0, t, eps)
    asked = {}
    for option in Option:
        skip, scale = (table[t][:, None, None, None] for table in linear_fit(option, tables, 0.9))
        asked[option] = (target(option, tables, x0, eps, x_t, t) - skip * x_t) / scale
    for option in Option:
        assert torch.allclose(asked[option], asked[Option.B], atol=1e-9), option

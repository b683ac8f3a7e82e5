"""Options A, B, C and V: each prediction determines the other two."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from explorer.diffusion.parameterization import (
    Option,
    Prediction,
    complete,
    eps_from_x0,
    mean_from_x0,
    x0_from_eps,
    x0_from_mean,
    x0_from_v,
)
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.schedule import linear

LEVELS = linear(1000).alpha_bar.tolist()
TIMESTEPS = [1, 2, 10, 250, 500, 999, 1000]


def draw(t: int, n: int = 64) -> tuple[Tensor, Tensor, Tensor, Posterior]:
    """x_0, eps, x_t and the step t -> t - 1, float64."""
    generator = torch.Generator().manual_seed(t)
    x0 = torch.rand(n, generator=generator, dtype=torch.float64) * 2 - 1
    eps = torch.randn(n, generator=generator, dtype=torch.float64)
    alpha_bar = LEVELS[t]
    return x0, eps, math.sqrt(alpha_bar) * x0 + math.sqrt(1 - alpha_bar) * eps, posterior(alpha_bar, LEVELS[t - 1])


def perfect_output(option: Option, t: int, x0: Tensor, eps: Tensor, x_t: Tensor) -> Tensor:
    """What a network without error says, by MATH's formulas and not by the code's."""
    alpha_bar, before = LEVELS[t], LEVELS[t - 1]
    alpha = alpha_bar / before
    if option is Option.A:
        return (x_t - (1 - alpha) / math.sqrt(1 - alpha_bar) * eps) / math.sqrt(alpha)
    if option is Option.B:
        return x0
    return eps if option is Option.C else math.sqrt(alpha_bar) * eps - math.sqrt(1 - alpha_bar) * x0


@pytest.mark.parametrize("t", TIMESTEPS)
@pytest.mark.parametrize("option", list(Option))
def test_a_perfect_output_gives_the_true_mean_image_and_noise(option: Option, t: int) -> None:
    x0, eps, x_t, step = draw(t)
    found = complete(option, perfect_output(option, t, x0, eps, x_t), x_t, step, step)
    tolerance = 1e-9  # Option A divides by a0_t, about 1e-4 at T
    assert torch.allclose(found.x0_hat, x0, atol=tolerance, rtol=0)
    assert torch.allclose(found.eps_hat, eps, atol=tolerance, rtol=0)
    mean = perfect_output(Option.A, t, x0, eps, x_t)
    assert torch.allclose(found.mean, mean, atol=1e-12, rtol=0)


@pytest.mark.parametrize("t", TIMESTEPS)
def test_conversions_undo_each_other(t: int) -> None:
    x0, eps, x_t, step = draw(t)
    assert torch.allclose(x0_from_eps(x_t, eps_from_x0(x_t, x0, step), step), x0, atol=1e-10, rtol=0)
    assert torch.allclose(eps_from_x0(x_t, x0_from_eps(x_t, eps, step), step), eps, atol=1e-10, rtol=0)
    assert torch.allclose(x0_from_mean(x_t, mean_from_x0(x_t, x0, step), step), x0, atol=1e-10, rtol=0)
    mean = x_t + 0.01 * eps
    assert torch.allclose(mean_from_x0(x_t, x0_from_mean(x_t, mean, step), step), mean, atol=1e-12, rtol=0)
    v = step.sqrt_alpha_bar * eps - step.sqrt_one_minus_alpha_bar * x0
    assert torch.allclose(x0_from_v(x_t, v, step), x0, atol=1e-12, rtol=0)


@pytest.mark.parametrize("t", [2, 500, 1000])
@pytest.mark.parametrize("option", list(Option))
def test_an_imperfect_output_still_gives_three_views_of_one_thing(option: Option, t: int) -> None:
    _, _, x_t, step = draw(t)
    output = torch.randn(64, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    found = complete(option, output, x_t, step, step)
    rebuilt = step.sqrt_alpha_bar * found.x0_hat + step.sqrt_one_minus_alpha_bar * found.eps_hat
    scale = found.x0_hat.abs().max().item() + 1
    assert torch.allclose(rebuilt, x_t, atol=1e-12 * scale, rtol=0)
    assert torch.allclose(step.a0 * found.x0_hat + step.at * x_t, found.mean, atol=1e-12 * scale, rtol=0)


def test_an_output_is_used_as_it_is_where_it_says_the_quantity_itself() -> None:
    _, _, x_t, step = draw(500)
    output = torch.randn(64, generator=torch.Generator().manual_seed(9)).float()
    x_t = x_t.float()
    assert complete(Option.A, output, x_t, step, step).mean is output
    assert complete(Option.B, output, x_t, step, step).x0_hat is output
    assert complete(Option.C, output, x_t, step, step).eps_hat is output


def test_option_a_on_another_step_goes_through_its_implied_image() -> None:
    x0, eps, x_t, native = draw(500)
    output = perfect_output(Option.A, 500, x0, eps, x_t)
    long_step = posterior(LEVELS[500], LEVELS[480])
    found = complete(Option.A, output, x_t, long_step, native)
    assert torch.allclose(found.x0_hat, x0, atol=1e-9, rtol=0)
    assert torch.allclose(found.mean, long_step.a0 * x0 + long_step.at * x_t, atol=1e-9, rtol=0)
    assert not torch.allclose(found.mean, output, atol=1e-4), "the long step's mean is another than the network's"


@pytest.mark.parametrize("option", list(Option))
def test_clipping_keeps_the_image_in_range_and_derives_the_rest_from_it(option: Option) -> None:
    _, _, x_t, step = draw(700)
    output = 3 * torch.randn(64, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    free: Prediction = complete(option, output, x_t, step, step)
    assert free.x0_hat.abs().max() > 1
    clipped = complete(option, output, x_t, step, step, clip=True)
    assert torch.equal(clipped.x0_hat, free.x0_hat.clamp(-1, 1))
    assert torch.allclose(clipped.mean, step.a0 * clipped.x0_hat + step.at * x_t, atol=1e-12, rtol=0)
    assert torch.allclose(step.sqrt_alpha_bar * clipped.x0_hat + step.sqrt_one_minus_alpha_bar * clipped.eps_hat, x_t, atol=1e-12, rtol=0)


def test_option_a_is_badly_conditioned_at_large_t_and_not_at_small_t() -> None:
    """An error of 1e-4 in the mean is one of order 1 in the implied image at T, and 1e-4 at t = 1."""
    for t, low, high in ((1, 0.9e-4, 1.1e-4), (1000, 0.3, 3.0)):
        x0, eps, x_t, step = draw(t)
        wrong = perfect_output(Option.A, t, x0, eps, x_t) + 1e-4
        error = (complete(Option.A, wrong, x_t, step, step).x0_hat - x0).abs().mean().item()
        assert low < error < high


def test_options_say_what_they_predict() -> None:
    assert [option.predicts for option in Option] == ["posterior mean", "clean image", "noise", "velocity"]

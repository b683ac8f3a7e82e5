"""The bound of the shipped weights against an evaluation of its own through diffusers' DDPMScheduler, where that is installed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.checkpoints.files import load
from explorer.diffusion.objective import read
from explorer.diffusion.posterior import posterior
from explorer.engine.predictors import from_checkpoint

SEED = 5
IMAGES = 3


@pytest.fixture(scope="module")
def scheduler_class() -> Any:
    return pytest.importorskip("diffusers", reason="diffusers is not installed").DDPMScheduler


def scheduler(kind: Any, prediction: str, T: int) -> Any:
    """The shipped models' forward process, and steps of the posterior's variance."""
    return kind(
        num_train_timesteps=T, beta_start=1e-4, beta_end=0.02, beta_schedule="linear", variance_type="fixed_small",
        clip_sample=False, prediction_type=prediction,
    )  # fmt: skip


def step_mean(diffusion: Any, output: Tensor, t: int, x_t: Tensor) -> tuple[Tensor, float]:
    """Mean and variance of a step of diffusers, whose timesteps begin at 0: the noise that it adds is drawn again and taken off."""
    drawn = diffusion.step(output, t - 1, x_t, generator=torch.Generator().manual_seed(SEED)).prev_sample
    if t == 1:
        return drawn, 0.0
    variance = float(diffusion._get_variance(t - 1))
    noise = torch.randn(x_t.shape, generator=torch.Generator().manual_seed(SEED), dtype=x_t.dtype)
    return drawn - math.sqrt(variance) * noise, variance


def log_cdf(z: Tensor) -> Tensor:
    """Of the standard normal: by erfcx where z < 0, which reaches as far out as a network may be wrong."""
    scaled = z.clamp(max=0) / math.sqrt(2)
    below = (torch.special.erfcx(-scaled) / 2).log() - scaled.square()
    return torch.where(z < 0, below, torch.distributions.Normal(0.0, 1.0).cdf(z).log())


def negative_log_likelihood(x0: Tensor, mean: Tensor, sigma: float) -> Tensor:
    """Of 8-bit pixels: a difference of distribution functions, in the tail where it is exact; the first and last bin are open."""
    above, below = (x0 + 1 / 255 - mean) / sigma, (x0 - 1 / 255 - mean) / sigma
    flipped = above + below > 0
    upper, lower = torch.where(flipped, -below, above), torch.where(flipped, -above, below)
    inside = log_cdf(upper) + torch.log1p(-torch.exp(log_cdf(lower) - log_cdf(upper)))
    mass = torch.where(x0 < -0.999, log_cdf(above), torch.where(x0 > 0.999, log_cdf(-below), inside))
    return -mass.flatten(1).sum(1)


@pytest.mark.parametrize(("name", "prediction"), [("mnist-ddpm-b", "sample"), ("mnist-ddpm-c", "epsilon")])
@pytest.mark.parametrize("t", [1, 2, 30, 400, 1000])
@torch.inference_mode()
def test_terms_are_those_that_diffusers_steps_give(
    scheduler_class: Any, checkpoints: Mapping[str, Path], digits: Tensor, name: str, prediction: str, t: int
) -> None:
    predictor = from_checkpoint(load(checkpoints[name]), torch.device("cpu"))
    x0, eps = digits[:IMAGES], torch.randn(IMAGES, *digits.shape[1:])
    levels = predictor.schedule.alpha_bar
    step = posterior(float(levels[t]), float(levels[t - 1]))
    learned = scheduler(scheduler_class, prediction, predictor.schedule.T)
    given = scheduler(scheduler_class, "sample", predictor.schedule.T)
    x_t = learned.add_noise(x0, eps, torch.full((IMAGES,), t - 1))
    torch.testing.assert_close(x_t, step.sqrt_alpha_bar * x0 + step.sqrt_one_minus_alpha_bar * eps, atol=1e-5, rtol=0)
    output = predictor.network(x_t, torch.full((IMAGES,), t)).double()
    mean, variance = step_mean(learned, output, t, x_t.double())
    if t == 1:
        _, sigma_2 = step_mean(learned, output, 2, x_t.double())
        known = negative_log_likelihood(x0.double(), mean, math.sqrt(sigma_2))
    else:
        exact, _ = step_mean(given, x0.double(), t, x_t.double())
        known = (exact - mean).square().flatten(1).sum(1) / (2 * variance)
    torch.testing.assert_close(read(predictor, x0, t, eps).nats, known, rtol=2e-3, atol=2e-6)

"""The bound of the shipped weights against an evaluation of its own through diffusers' DDPMScheduler, where that is installed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from explorer.checkpoints.files import load
from explorer.diffusion.bound import Tally, walk
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.objective import read
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.strata import Design, cut
from explorer.engine.models.predictors import from_checkpoint

SEED = 5
IMAGES = 3
TOGETHER = 50


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


def x0_of(diffusion: Any, mean: Tensor, x_t: Tensor, t: int) -> Tensor:
    """The x_0 whose posterior mean (Ho et al. 2020, eq. 7) is the one that Option A gives; diffusers has no such prediction."""
    levels = diffusion.alphas_cumprod.double()
    level, before = levels[t - 1], levels[t - 2] if t > 1 else torch.ones((), dtype=torch.float64)
    alpha = level / before
    return (mean - alpha.sqrt() * (1 - before) / (1 - level) * x_t) * (1 - level) / (before.sqrt() * (1 - alpha))


class Peer:
    """The terms of a network by diffusers' scheduler."""

    def __init__(self, kind: Any, predictor: NetworkPredictor, prediction: str) -> None:
        self._network, self._prediction = predictor.network, prediction
        T = predictor.schedule.T
        self._learned = scheduler(kind, "sample" if prediction == "mean" else prediction, T)
        self._given = scheduler(kind, "sample", T)

    def noised(self, x0: Tensor, t: int, eps: Tensor) -> Tensor:
        """x_t."""
        return self._learned.add_noise(x0, eps, torch.full((len(x0),), t - 1))

    def term(self, x0: Tensor, t: int, eps: Tensor) -> Tensor:
        """L_{t-1} of each image, nats; L_0 at t = 1."""
        x_t = self.noised(x0, t, eps)
        return self._nats(self._network(x_t, torch.full((len(x0),), t)), x_t, x0, t)

    def terms(self, x0: Tensor, eps: Tensor) -> Tensor:
        """Those of one image (1, C, H, W) at t = 1..T, with the noise (T, C, H, W) of each; the network reads some at once."""
        t = torch.arange(1, len(eps) + 1)
        x_t = torch.cat([self.noised(x0, int(each), eps[each - 1 : each]) for each in t])
        outputs = torch.cat([self._network(*some) for some in zip(x_t.split(TOGETHER), t.split(TOGETHER), strict=True)])
        return torch.cat([self._nats(outputs[i : i + 1], x_t[i : i + 1], x0, i + 1) for i in range(len(t))])

    def _nats(self, output: Tensor, x_t: Tensor, x0: Tensor, t: int) -> Tensor:
        output, x_t = output.double(), x_t.double()
        if self._prediction == "mean":
            output = x0_of(self._learned, output, x_t, t)
        mean, variance = step_mean(self._learned, output, t, x_t)
        if t == 1:
            _, sigma_2 = step_mean(self._learned, output, 2, x_t)
            return negative_log_likelihood(x0.double(), mean, math.sqrt(sigma_2))
        exact, _ = step_mean(self._given, x0.double(), t, x_t)
        return (exact - mean).square().flatten(1).sum(1) / (2 * variance)

    def prior(self, x0: Tensor) -> Tensor:
        """L_T of each image, nats."""
        level = self._learned.alphas_cumprod[-1].double()
        reached, wanted = Normal(level.sqrt() * x0.double(), (1 - level).sqrt()), Normal(torch.zeros(()).double(), torch.ones(()).double())
        return kl_divergence(reached, wanted).flatten(1).sum(1)


OPTIONS = pytest.mark.parametrize(
    ("name", "prediction"), [("mnist-ddpm-a", "mean"), ("mnist-ddpm-b", "sample"), ("mnist-ddpm-c", "epsilon")]
)


@OPTIONS
@pytest.mark.parametrize("t", [1, 2, 3, 30, 100, 400, 800, 1000])
@torch.inference_mode()
def test_terms_are_those_that_diffusers_steps_give(
    scheduler_class: Any, checkpoints: Mapping[str, Path], digits: Tensor, name: str, prediction: str, t: int
) -> None:
    predictor = from_checkpoint(load(checkpoints[name]), torch.device("cpu"))
    peer = Peer(scheduler_class, predictor, prediction)
    x0, eps = digits[:IMAGES], torch.randn(IMAGES, *digits.shape[1:])
    level = float(predictor.schedule.alpha_bar[t])
    torch.testing.assert_close(peer.noised(x0, t, eps), level**0.5 * x0 + (1 - level) ** 0.5 * eps, atol=1e-5, rtol=0)
    torch.testing.assert_close(read(predictor, x0, t, eps).nats, peer.term(x0, t, eps), rtol=2e-3, atol=2e-6)


@torch.inference_mode()
def test_the_bound_is_that_of_diffusers_over_all_timesteps(scheduler_class: Any, checkpoints: Mapping[str, Path], digits: Tensor) -> None:
    """What is different between the options is in each of the terms."""
    predictor = from_checkpoint(load(checkpoints["mnist-ddpm-c"]), torch.device("cpu"))
    peer, T, image = Peer(scheduler_class, predictor, "epsilon"), predictor.schedule.T, 7
    design = Design(cut(T), SEED, (image,), 1)
    tally = Tally(design)
    for _ in walk(predictor, lambda indices: digits[list(indices)], tally, 1):
        pass
    x0 = digits[image : image + 1]
    eps = torch.cat([shared_noise(SEED, [image], t, x0.shape[1:], x0.device, design.stream(0, 0)) for t in range(1, T + 1)])
    known = peer.terms(x0, eps).sum()
    found = tally.totals()
    assert found.total.value == pytest.approx(float(known + peer.prior(x0)), rel=1e-4)
    assert found.prior.value == pytest.approx(float(peer.prior(x0)), rel=1e-4)

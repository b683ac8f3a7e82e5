"""A network on another schedule than its own, against doing it by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.diffusion.matching import MatchedPredictor, levels_of, notice, outside
from explorer.diffusion.parameterization import Option
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.samplers.spacing import spaced
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear

SHAPE = (1, 4, 4)
OPTIONS = list(Option)
IMAGES = torch.rand(5, *SHAPE, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 2 - 1


class IdealNetwork:
    """The ideal denoiser of five images on a schedule, answering under any option; notes the timesteps asked."""

    def __init__(self, schedule: Schedule, option: Option) -> None:
        self.levels, self.option = schedule.alpha_bar.tolist(), option
        self.asked: list[int] = []

    def __call__(self, x_t: Tensor, times: Tensor) -> Tensor:
        t = int(times[0])
        self.asked.append(t)
        ab, before = self.levels[t], self.levels[t - 1]
        x0 = ideal(x_t, ab)
        eps = (x_t - math.sqrt(ab) * x0) / math.sqrt(1 - ab)
        mean = (x_t - (1 - ab / before) / math.sqrt(1 - ab) * eps) / math.sqrt(ab / before)
        v = math.sqrt(ab) * eps - math.sqrt(1 - ab) * x0
        return {Option.A: mean, Option.B: x0, Option.C: eps, Option.V: v}[self.option]


def ideal(x_t: Tensor, ab: float) -> Tensor:
    """E[x_0 | x_t] of the five images at a noise level."""
    distance = (x_t[:, None] - math.sqrt(ab) * IMAGES[None]).flatten(2).square().sum(2)
    return torch.einsum("ni,ichw->nchw", torch.softmax(-distance / (2 * (1 - ab)), dim=1), IMAGES)


@pytest.mark.parametrize("option", OPTIONS)
def test_on_its_own_schedule_nothing_changes(option: Option) -> None:
    schedule = linear(30)
    own = NetworkPredictor(IdealNetwork(schedule, option), option, schedule)
    x = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for t in (1, 7, 30):
        step = posterior(float(schedule.alpha_bar[t]), float(schedule.alpha_bar[t - 1]))
        one, other = own.predict(x, t, step, False), MatchedPredictor(own, linear(30)).predict(x, t, step, False)
        for name in ("mean", "x0_hat", "eps_hat"):
            torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=0)


@pytest.mark.parametrize("option", OPTIONS)
def test_the_network_is_asked_at_the_nearest_noise_level(option: Option) -> None:
    trained, walked = linear(1000), cosine(50)
    network = IdealNetwork(trained, option)
    predictor = MatchedPredictor(NetworkPredictor(network, option, trained), walked)
    x = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    known, wanted = levels_of(trained), levels_of(walked)
    for t in range(1, 51):
        predictor.predict(x, t, posterior(float(walked.alpha_bar[t]), float(walked.alpha_bar[t - 1])), False)
        distance = np.abs(known[1:] - wanted[t])
        assert distance[network.asked[-1] - 1] == distance.min()


@pytest.mark.parametrize("option", OPTIONS)
def test_a_fine_network_gives_the_ideal_prediction_at_every_level_it_has_seen(option: Option) -> None:
    trained, walked = linear(4000), cosine(40)
    predictor = MatchedPredictor(NetworkPredictor(IdealNetwork(trained, option), option, trained), walked)
    generator = torch.Generator().manual_seed(1)
    seen = levels_of(trained)
    for t in (5, 15, 25, 35):
        ab, before = float(walked.alpha_bar[t]), float(walked.alpha_bar[t - 1])
        assert seen[-1] < levels_of(walked)[t] < seen[1]
        x = math.sqrt(ab) * IMAGES[:3] + math.sqrt(1 - ab) * torch.randn(3, *SHAPE, generator=generator, dtype=torch.float64)
        step = posterior(ab, before)
        said, x0 = predictor.predict(x, t, step, False), ideal(x, ab)
        torch.testing.assert_close(said.x0_hat, x0, rtol=0, atol=0.02)
        torch.testing.assert_close(said.mean, step.a0 * said.x0_hat + step.at * x)
        torch.testing.assert_close(x, math.sqrt(ab) * said.x0_hat + math.sqrt(1 - ab) * said.eps_hat)


@pytest.mark.parametrize("option", OPTIONS)
def test_beyond_what_the_network_has_seen_its_own_end_is_read(option: Option) -> None:
    trained, walked = linear(100), from_betas([0.001] * 20 + [0.9] * 12)  # alpha_bar down to 1e-12
    x = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    predictor = MatchedPredictor(NetworkPredictor(IdealNetwork(trained, option), option, trained), walked)
    step = posterior(float(walked.alpha_bar[32]), float(walked.alpha_bar[31]))
    said = predictor.predict(x, 32, step, False)
    torch.testing.assert_close(said.x0_hat, ideal(x, float(trained.alpha_bar[100])), rtol=1e-6, atol=1e-6)
    assert said.x0_hat.abs().max() <= 1
    torch.testing.assert_close(said.mean, step.a0 * said.x0_hat + step.at * x)


def test_a_chain_over_another_schedule_ends_on_the_images() -> None:
    trained = linear(1000)
    predictor = MatchedPredictor(NetworkPredictor(IdealNetwork(trained, Option.C), Option.C, trained), cosine(200))
    noise = noise_source(0, range(4), SHAPE)
    for step in reverse_steps(predictor, plan(predictor.schedule, 40), initial_state(noise).double(), noise):  # noqa: B007
        pass
    nearest = (step.x_prev[:, None] - IMAGES[None]).flatten(2).abs().amax(2).amin(1)
    assert nearest.max() < 0.05


def test_what_lies_outside_is_measured_and_told() -> None:
    trained, walked = linear(1000), cosine(1000)
    taus = spaced(walked.T, 10)
    seen, asked = levels_of(trained), levels_of(walked)
    assert outside(trained, walked, taus) == pytest.approx(seen[1000] - asked[1000])
    assert "-19.8" in notice(trained, walked, taus)
    assert outside(trained, trained, spaced(trained.T)) == 0
    assert notice(trained, linear(500), spaced(500)) == ""

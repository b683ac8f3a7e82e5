"""The reverse chain: the sampler's formulas, restarts, and what Options A, B and C have in common."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from explorer.backends import TORCH
from explorer.diffusion.parameterization import Option
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import Noise, Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import Schedule, ScheduleError, cosine, linear
from explorer.models.unet import UNet, UNetConfig

SHAPE = (1, 4, 4)
N = 3


class IdealNetwork:
    """The ideal denoiser of a few images, answering under any option: no network is better (float64)."""

    def __init__(self, images: Tensor, schedule: Schedule, option: Option) -> None:
        self.images, self.option = images.double(), option
        self.alpha_bar = schedule.alpha_bar.tolist()

    def __call__(self, x_t: Tensor, times: Tensor) -> Tensor:
        t = int(times[0])
        alpha_bar, before = self.alpha_bar[t], self.alpha_bar[t - 1]
        signal, noise = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
        distance = (x_t[:, None] - signal * self.images[None]).flatten(2).square().sum(2)
        weights = torch.softmax(-distance / (2 * noise**2), dim=1)
        x0 = torch.einsum("ni,ichw->nchw", weights, self.images)
        eps = (x_t - signal * x0) / noise
        alpha = alpha_bar / before
        return {
            Option.A: (x_t - (1 - alpha) / noise * eps) / math.sqrt(alpha),
            Option.B: x0,
            Option.C: eps,
            Option.V: signal * eps - noise * x0,
        }[self.option]


def images() -> Tensor:
    return torch.rand(5, *SHAPE, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 2 - 1


def chain(schedule: Schedule, option: Option, steps: int | None = None, eta: float = 1.0, clip: bool = False, seed: int = 0) -> list[Step]:
    shared = noise_source(seed, range(N), SHAPE)
    predictor = NetworkPredictor(IdealNetwork(images(), schedule, option), option, schedule)
    return list(reverse_steps(predictor, plan(schedule, steps, eta), initial_state(shared).double(), lambda t: shared(t).double(), clip))


def small_unet(outer_skip: bool = False) -> UNet:
    network = UNet(UNetConfig(width=8, multipliers=(1, 2), outer_skip=outer_skip, output_scale=0.1 if outer_skip else 1.0))
    torch.nn.init.normal_(network.head.weight, std=0.1)
    return network.requires_grad_(False).eval()


@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize(("steps", "eta"), [(None, 1.0), (17, 1.0), (10, 0.5), (10, 0.0), (1, 1.0)])
def test_with_ideal_networks_all_options_walk_the_same_chain(steps: int | None, eta: float, clip: bool) -> None:
    schedule = linear(100)
    reference = chain(schedule, Option.B, steps, eta, clip)
    for option in (Option.A, Option.C, Option.V):
        for ours, theirs in zip(chain(schedule, option, steps, eta, clip), reference, strict=True):
            assert torch.allclose(ours.x_prev, theirs.x_prev, atol=1e-7, rtol=0)
            assert torch.allclose(ours.prediction.x0_hat, theirs.prediction.x0_hat, atol=1e-7, rtol=0)
            assert torch.allclose(ours.prediction.eps_hat, theirs.prediction.eps_hat, atol=1e-7, rtol=0)


def test_the_ideal_chain_ends_on_an_image_of_the_data() -> None:
    last = chain(linear(100), Option.C)[-1].x_prev
    distance = (last[:, None] - images()[None]).flatten(2).norm(dim=2).min(1).values
    assert distance.max() < 0.05


def test_ancestral_steps_are_the_lectures_formula() -> None:
    schedule = linear(60)
    betas = schedule.betas.tolist()
    for step in chain(schedule, Option.C):
        t = step.t
        alpha_bar = math.prod(1 - b for b in betas[:t])
        alpha_bar_prev = math.prod(1 - b for b in betas[: t - 1])
        beta = betas[t - 1]
        mean = (step.x_t - beta / math.sqrt(1 - alpha_bar) * step.prediction.eps_hat) / math.sqrt(1 - beta)
        sigma = math.sqrt((1 - alpha_bar_prev) * beta / (1 - alpha_bar))
        z = noise_source(0, range(N), SHAPE)(t).double()
        assert step.t_prev == t - 1
        assert torch.allclose(step.x_prev, mean + sigma * z, atol=1e-9, rtol=0)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_steps_of_a_subsequence_are_ddims_formula(eta: float) -> None:
    schedule = cosine(100)
    levels = schedule.alpha_bar.tolist()
    for step in chain(schedule, Option.C, 12, eta):
        alpha_bar, before = levels[step.t], levels[step.t_prev]
        sigma = eta * math.sqrt((1 - before) / (1 - alpha_bar)) * math.sqrt(1 - alpha_bar / before)
        x0_hat = (step.x_t - math.sqrt(1 - alpha_bar) * step.prediction.eps_hat) / math.sqrt(alpha_bar)
        z = noise_source(0, range(N), SHAPE)(step.t).double()
        song = math.sqrt(before) * x0_hat + math.sqrt(max(1 - before - sigma**2, 0)) * step.prediction.eps_hat + sigma * z
        assert torch.allclose(step.x_prev, song, atol=1e-8, rtol=0)


def test_eta_0_draws_no_noise_at_all() -> None:
    schedule = cosine(50)
    start = initial_state(noise_source(0, range(N), SHAPE)).double()

    def no_noise(t: int) -> Tensor:
        raise AssertionError(f"asked for z_{t}")

    predictor = NetworkPredictor(IdealNetwork(images(), schedule, Option.B), Option.B, schedule)
    first, second = (list(reverse_steps(predictor, plan(schedule, 10, 0.0), start, no_noise)) for _ in range(2))
    assert torch.equal(first[-1].x_prev, second[-1].x_prev)


def test_ancestral_sampling_asks_for_each_z_once_and_none_at_the_end() -> None:
    schedule = cosine(50)
    asked: list[int] = []
    shared = noise_source(0, range(N), SHAPE)

    def noise(t: int) -> Tensor:
        asked.append(t)
        return shared(t)

    predictor = NetworkPredictor(IdealNetwork(images(), schedule, Option.B), Option.B, schedule)
    steps = list(reverse_steps(predictor, plan(schedule), shared(0).double(), noise))
    assert asked == list(range(50, 1, -1))
    assert torch.equal(steps[-1].x_prev, steps[-1].prediction.mean)


def test_option_a_over_all_timesteps_uses_the_networks_mean_as_it_is() -> None:
    network, schedule = small_unet(outer_skip=True), linear(60)
    noise = noise_source(3, range(N), (1, 8, 8))
    predictor = NetworkPredictor(network, Option.A, schedule)
    for step in reverse_steps(predictor, plan(schedule), initial_state(noise), noise):
        output = network(step.x_t, torch.full((N,), step.t))
        assert torch.equal(step.prediction.mean, output)


@pytest.mark.parametrize(("steps", "eta"), [(15, 1.0), (None, 0.5), (15, 0.0)])
def test_option_a_under_any_other_sampler_goes_through_its_implied_image(steps: int | None, eta: float) -> None:
    network, schedule = small_unet(outer_skip=True), linear(60)
    levels = schedule.alpha_bar.tolist()
    noise = noise_source(3, range(N), (1, 8, 8))
    predictor = NetworkPredictor(network, Option.A, schedule)
    for step in reverse_steps(predictor, plan(schedule, steps, eta), initial_state(noise), noise):
        alpha_bar, one_before, before = levels[step.t], levels[step.t - 1], levels[step.t_prev]
        alpha = alpha_bar / one_before
        output = network(step.x_t, torch.full((N,), step.t)).double()
        a0, at = math.sqrt(one_before) * (1 - alpha) / (1 - alpha_bar), math.sqrt(alpha) * (1 - one_before) / (1 - alpha_bar)
        x0_hat = (output - at * step.x_t.double()) / a0
        eps_hat = (step.x_t.double() - math.sqrt(alpha_bar) * x0_hat) / math.sqrt(1 - alpha_bar)
        sigma = eta * math.sqrt((1 - before) / (1 - alpha_bar)) * math.sqrt(1 - alpha_bar / before)
        mean = math.sqrt(before) * x0_hat + math.sqrt(max(1 - before - sigma**2, 0)) * eps_hat
        tolerance = 2e-6 * float(x0_hat.abs().max() + 1) / a0
        assert torch.allclose(step.prediction.x0_hat.double(), x0_hat, atol=tolerance, rtol=0)
        assert torch.allclose(step.prediction.mean.double(), mean, atol=tolerance, rtol=1e-4)


@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize(("steps", "eta"), [(None, 1.0), (20, 0.7)])
def test_any_stretch_of_a_chain_is_made_again_bit_for_bit(option: Option, steps: int | None, eta: float) -> None:
    network, schedule = small_unet(), linear(60)
    noise = noise_source(1, range(N), (1, 8, 8))
    predictor = NetworkPredictor(network, option, schedule)
    course = plan(schedule, steps, eta)
    whole = list(reverse_steps(predictor, course, initial_state(noise), noise))
    for start in (0, 1, course.K // 2, course.K - 1):
        again = list(reverse_steps(predictor, course, whole[start].x_t, noise_source(1, range(N), (1, 8, 8)), start=start))
        assert [s.k for s in again] == list(range(start, course.K))
        for ours, theirs in zip(again, whole[start:], strict=True):
            assert torch.equal(ours.x_t, theirs.x_t)
            assert torch.equal(ours.x_prev, theirs.x_prev)
            assert torch.equal(ours.prediction.x0_hat, theirs.prediction.x0_hat)


def test_a_sample_is_the_same_sample_in_a_larger_batch() -> None:
    network, schedule = small_unet(), linear(60)
    predictor = NetworkPredictor(network, Option.C, schedule)

    def last(indices: range) -> Tensor:
        noise: Noise = noise_source(1, indices, (1, 8, 8))
        return list(reverse_steps(predictor, plan(schedule, 20), initial_state(noise), noise))[-1].x_prev

    assert torch.allclose(last(range(2, 3)), last(range(6))[2:3], atol=1e-3)


def test_steps_are_made_one_at_a_time() -> None:
    schedule, calls = linear(60), []

    def network(x_t: Tensor, t: Tensor) -> Tensor:
        calls.append(int(t[0]))
        return torch.zeros_like(x_t)

    noise = noise_source(0, range(N), SHAPE)
    steps = reverse_steps(NetworkPredictor(network, Option.B, schedule), plan(schedule), initial_state(noise), noise)
    next(steps)
    next(steps)
    assert calls == [60, 59], "a caller that stops between steps has computed nothing more"


@pytest.mark.parametrize(("steps", "taus"), [(None, tuple(range(60, -1, -1))), (1, (60, 0)), (4, (60, 45, 30, 15, 0))])
def test_a_plan_takes_the_levels_at_its_timesteps(steps: int | None, taus: tuple[int, ...]) -> None:
    schedule = linear(60)
    course = plan(schedule, steps)
    levels = schedule.alpha_bar.tolist()
    assert course.timesteps == taus
    assert len(taus) - 1 == course.K
    assert [(s.alpha_bar, s.alpha_bar_prev) for s in course.steps] == [(levels[a], levels[b]) for a, b in pairwise(taus)]


def test_plans_that_cannot_be_walked_are_refused() -> None:
    with pytest.raises(ScheduleError, match="steps"):
        plan(linear(60), 61)
    with pytest.raises(ValueError, match="eta"):
        plan(linear(60), 10, 1.5)


def test_predictions_are_float32_whatever_the_network_computes_in() -> None:
    network, schedule = small_unet(), linear(60)
    predictor = NetworkPredictor(TORCH.prepare(network, torch.device("cpu"), "bf16"), Option.C, schedule)
    course = plan(schedule)
    x = initial_state(noise_source(0, range(N), (1, 8, 8)))
    rough = predictor.predict(x, 60, course.steps[0], clip=False)
    exact = NetworkPredictor(network, Option.C, schedule).predict(x, 60, course.steps[0], clip=False)
    assert rough.mean.dtype == rough.x0_hat.dtype == rough.eps_hat.dtype == torch.float32
    assert torch.allclose(rough.eps_hat, exact.eps_hat, atol=0.05)
    assert not torch.equal(rough.eps_hat, exact.eps_hat), "the arithmetic was asked for"

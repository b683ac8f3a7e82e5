"""The exact process as a lane's predictor: the mixture, the mean, and the three options."""

from __future__ import annotations

import itertools
import math
from typing import Literal

import pytest
import torch
from torch import Tensor

from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_predictor import Drawing, ExactPrediction, ExactPredictor, of_samples, output_of
from explorer.diffusion.noise import shared_noise, shared_uniforms
from explorer.diffusion.parameterization import Option, complete, mean_from_x0
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import cosine, linear

SHAPE = (1, 5, 5)
N = 3
SCHEDULE = linear(100)


def images() -> Tensor:
    return torch.rand(12, *SHAPE, generator=torch.Generator().manual_seed(0)) * 2 - 1


def chain(
    predictor: ExactPredictor, steps: int | None = None, eta: float = 1.0, clip: bool = False, start: int = 0, x: Tensor | None = None
) -> list[Step]:
    noise = noise_source(5, range(N), SHAPE)
    bound = of_samples(predictor, 5, range(N))
    return list(reverse_steps(bound, plan(predictor.schedule, steps, eta), initial_state(noise) if x is None else x, noise, clip, start))


@pytest.mark.parametrize("schedule", [linear(100), cosine(50)], ids=["linear", "cosine"])
@pytest.mark.parametrize(
    ("steps", "eta", "clip"), [(None, 1.0, False), (20, 1.0, False), (20, 0.0, False), (None, 1.0, True), (7, 0.5, True)]
)
@pytest.mark.parametrize("follow", ["mean", "draw"])
def test_the_ideal_denoiser_walks_the_same_chain_under_every_option(schedule, steps, eta, clip, follow) -> None:  # type: ignore[no-untyped-def]
    data = EmpiricalData(images())
    plain = chain(ExactPredictor(data, schedule, follow), steps, eta, clip)
    for option in Option:
        for ours, theirs in zip(chain(ExactPredictor(data, schedule, follow, option), steps, eta, clip), plain, strict=True):
            assert torch.allclose(ours.x_prev, theirs.x_prev, atol=2e-4)


def test_outputs_are_the_inverse_of_completing_them() -> None:
    x0, x_t = images()[:4].double(), torch.randn(4, *SHAPE, dtype=torch.float64)
    levels = SCHEDULE.alpha_bar.tolist()
    for option, t in itertools.product(Option, (1, 2, 50, 100)):
        native, step = posterior(levels[t], levels[t - 1]), posterior(levels[t], levels[max(0, t - 7)], 0.5)
        for taken in (native, step):
            back = complete(option, output_of(option, x0, x_t, taken, native), x_t, taken, native)
            assert torch.allclose(back.x0_hat, x0, atol=1e-9)
            assert torch.allclose(back.mean, mean_from_x0(x_t, x0, taken), atol=1e-9)


@pytest.mark.parametrize("t", [1, 2, 40, 100])
def test_the_drawn_state_has_the_mean_and_the_variance_of_the_mixture(t: int) -> None:
    levels = SCHEDULE.alpha_bar.tolist()
    data, step = EmpiricalData(images()), posterior(levels[t], levels[t - 1])
    x_t = (math.sqrt(levels[t]) * images()[:1] + math.sqrt(1 - levels[t]) * shared_noise(0, [0], 1, SHAPE)).float()
    count = 2000
    many = x_t.expand(count, *SHAPE)
    predictor = ExactPredictor(data, SCHEDULE).for_samples(lambda t: shared_uniforms(1, range(count), t))
    said = predictor.predict(many, t, step, clip=False)
    assert said.component is not None
    z = shared_noise(1, range(count), t, SHAPE)
    x_prev = said.component + step.sigma * z
    w = data.log_weights(x_t, levels[t]).double().exp()[0]
    centres = mean_from_x0(x_t.double(), images().double(), step)
    mean = torch.einsum("i,ichw->chw", w, centres)
    spread = torch.einsum("i,ichw->chw", w, (centres - mean).square()) + step.sigma**2
    assert torch.allclose(said.mean[0].double(), mean, atol=1e-5)
    error = 5 * (spread / count).sqrt() + 1e-5
    assert ((x_prev.double().mean(0) - mean).abs() < error).all()
    assert torch.allclose(x_prev.double().var(0), spread, rtol=0.25, atol=1e-9)


def test_what_it_draws_depends_on_seed_sample_and_t_alone() -> None:
    data, step = EmpiricalData(images()), posterior(0.3, 0.4)
    x = torch.zeros(6, *SHAPE)

    def drawn(seed: int, indices: range, t: int, stream: int = 0) -> list[int]:
        said = of_samples(ExactPredictor(data, SCHEDULE), seed, indices, stream).predict(x[: len(indices)], t, step, clip=False)
        assert isinstance(said, ExactPrediction)
        assert said.drawn is not None
        return said.drawn.tolist()

    every = drawn(0, range(6), 40)
    assert drawn(0, range(2, 5), 40) == every[2:5]
    assert len({tuple(drawn(seed, range(6), t, s)) for seed, t, s in ((0, 40, 0), (1, 40, 0), (0, 41, 0), (0, 40, 1))}) == 4


def test_numbers_to_draw_with_are_uniform_and_apart_from_the_noise() -> None:
    numbers = shared_uniforms(3, range(4000), 7)
    assert 0 <= float(numbers.min()) <= float(numbers.max()) < 1
    counts = torch.histc(numbers.float(), 10, 0, 1)
    assert float(((counts - 400).square() / 400).sum()) < 30  # chi-squared of 9 degrees of freedom
    z = shared_noise(3, range(4000), 7, (1,))[:, 0].double()
    assert abs(float(torch.corrcoef(torch.stack([numbers, z]))[0, 1])) < 0.07


@pytest.mark.parametrize("follow", ["mean", "draw"])
def test_any_stretch_is_made_again_to_the_last_bit(follow: Literal["mean", "draw"]) -> None:
    predictor = ExactPredictor(EmpiricalData(images()), SCHEDULE, follow)
    whole = chain(predictor, 20)
    again = chain(predictor, 20, start=11, x=whole[11].x_t)
    for ours, theirs in zip(again, whole[11:], strict=True):
        assert torch.equal(ours.x_prev, theirs.x_prev)
        assert torch.equal(ours.prediction.x0_hat, theirs.prediction.x0_hat)


@pytest.mark.parametrize("follow", ["mean", "draw"])
def test_it_ends_on_images_of_the_data(follow: Literal["mean", "draw"]) -> None:
    data = EmpiricalData(images())
    last = chain(ExactPredictor(data, SCHEDULE, follow))[-1]
    assert float(data.nearest(last.x_prev)[1].max()) < 1e-3


def test_drawing_without_numbers_is_refused_and_networks_are_left_alone() -> None:
    with pytest.raises(ValueError, match="draws"):
        ExactPredictor(EmpiricalData(images()), SCHEDULE).predict(torch.zeros(1, *SHAPE), 4, posterior(0.3, 0.4), clip=False)
    network = NetworkPredictor(lambda x, t: x, Option.C, SCHEDULE)
    assert not isinstance(network, Drawing)
    assert of_samples(network, 0, range(3)) is network

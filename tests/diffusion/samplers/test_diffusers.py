"""Step for step each sampler is that of diffusers: a shipped network, the same noise, 1e-4 of the largest pixel in float32.

Timesteps of the library are ours less one. Its steps are taken from our states, so that one is compared with one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from explorer import sources
from explorer.diffusion.limits import Clip, Limit
from explorer.diffusion.parameterization import Option
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import Schedule, linear
from explorer.engine.models.predictors import from_checkpoint

diffusers = pytest.importorskip("diffusers")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of numpy, in diffusers

SEED, SAMPLES, SHAPE, K = 4, 2, (1, 28, 28), 10
CLOSE = 1e-4
"""Of the largest pixel."""


@pytest.fixture(scope="module")
def predictor(checkpoints: Mapping[str, Path]) -> NetworkPredictor:
    return from_checkpoint(sources.open(checkpoints["mnist-ddpm-c"]), torch.device("cpu"))


def walked(predictor: NetworkPredictor, course: Plan, clip: Clip) -> list[Step]:
    noise = noise_source(SEED, range(SAMPLES), SHAPE)
    with torch.no_grad():
        return list(reverse_steps(predictor, course, initial_state(noise), noise, clip))


def furthest(steps: list[Step], theirs: Callable[[Step], Tensor]) -> float:
    """Largest difference of the next states against the largest pixel."""
    return max(float((step.x_prev - theirs(step)).abs().max()) / float(step.x_prev.abs().max()) for step in steps)


def output(predictor: NetworkPredictor, x: Tensor, t: int) -> Tensor:
    with torch.no_grad():
        return predictor.run(x, torch.full((len(x),), t))


def z(t: int) -> Tensor:
    return noise_source(SEED, range(SAMPLES), SHAPE)(t)


@dataclass
class Given:
    """A generator's stand-in: the library's noise is ours."""

    noise: Tensor

    def __call__(self, *_: Any, **__: Any) -> Tensor:
        return self.noise


def given_noise(monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    """Our noise, and none at x_0: the library adds some there where its last timestep is not 0, unless the variance is the posterior's."""
    noise = z(step.t) if step.t_prev else torch.zeros_like(step.x_t)
    monkeypatch.setattr("diffusers.schedulers.scheduling_ddpm.randn_tensor", Given(noise))


LIMITS: list[tuple[Clip, dict[str, Any]]] = [
    (False, {"clip_sample": False}),
    (True, {"clip_sample": True}),
    (Limit(0.6), {"clip_sample": True, "clip_sample_range": 0.6}),
    (Limit(3.0, 0.9), {"clip_sample": True, "thresholding": True, "dynamic_thresholding_ratio": 0.9, "sample_max_value": 3.0}),
]


@pytest.mark.parametrize(
    ("spacing", "offset", "clip", "limits"),
    [("trailing", 0, *each) for each in LIMITS]
    + [(spacing, offset, *LIMITS[0]) for spacing, offset in (("leading", 0), ("leading", 1), ("linspace", 0))],
)
@pytest.mark.parametrize("variance", ["small", "large"])
def test_ddpm(
    predictor: NetworkPredictor, monkeypatch: pytest.MonkeyPatch, clip: Clip, limits: dict[str, Any], variance: str, spacing: str,
    offset: int,
) -> None:  # fmt: skip
    scheduler = diffusers.DDPMScheduler(
        **limits, variance_type=f"fixed_{variance}", timestep_spacing=spacing, steps_offset=offset
    )  # fmt: skip
    scheduler.set_timesteps(K)
    course = plan(predictor.schedule, K, spacing=spacing, offset=offset, variance=variance)
    assert [t - 1 for t in course.timesteps[:-1]] == scheduler.timesteps.tolist()

    def theirs(step: Step) -> Tensor:
        given_noise(monkeypatch, step)
        found: Tensor = scheduler.step(output(predictor, step.x_t, step.t), step.t - 1, step.x_t).prev_sample
        return found

    assert furthest(walked(predictor, course, clip), theirs) < CLOSE


@pytest.mark.parametrize(
    ("spacing", "offset", "to_one", "clip", "limits"),
    [("trailing", 0, True, *each) for each in LIMITS]
    + [(spacing, offset, to_one, *LIMITS[1]) for spacing, offset, to_one in (("leading", 0, True), ("leading", 1, False))],
)
@pytest.mark.parametrize("eta", [0.0, 0.7])
def test_ddim(
    predictor: NetworkPredictor, clip: Clip, limits: dict[str, Any], eta: float, spacing: str, offset: int, to_one: bool
) -> None:  # fmt: skip
    scheduler = diffusers.DDIMScheduler(**limits, timestep_spacing=spacing, steps_offset=offset, set_alpha_to_one=to_one)
    scheduler.set_timesteps(K)
    course = plan(predictor.schedule, K, eta, "ddim", spacing=spacing, offset=offset, to_one=to_one)
    assert [t - 1 for t in course.timesteps[:-1]] == scheduler.timesteps.tolist()
    steps = walked(predictor, course, clip)

    def theirs(step: Step, corrected: bool = False) -> Tensor:
        asked = output(predictor, step.x_t, step.t)
        said = scheduler.step(asked, step.t - 1, step.x_t, eta, corrected, variance_noise=z(step.t))
        found: Tensor = said.prev_sample
        return found

    assert furthest(steps, theirs) < CLOSE
    if clip is not False:  # the other reading of clipping is our ancestral family's, and is told apart
        assert furthest(steps, partial(theirs, corrected=True)) > CLOSE
        own = plan(predictor.schedule, K, eta, "ancestral", spacing=spacing, offset=offset, to_one=to_one)
        assert furthest(walked(predictor, own, clip), partial(theirs, corrected=True)) < CLOSE


@pytest.mark.parametrize(("steps", "spacing"), [(30, "trailing"), (10, "linspace")])
def test_ddim_ends_a_step_where_the_next_begins(predictor: NetworkPredictor, steps: int, spacing: str) -> None:
    """The library's goes T // K timesteps down from anywhere, which is between two states here: where that is the next, both agree."""
    scheduler = diffusers.DDIMScheduler(clip_sample=False, timestep_spacing=spacing)
    scheduler.set_timesteps(steps)
    course = plan(predictor.schedule, steps, 0.0, "ddim", spacing=spacing)
    assert [t - 1 for t in course.timesteps[:-1]] == scheduler.timesteps.tolist()
    apart = 0
    for step in walked(predictor, course, False)[:-1]:
        theirs = scheduler.step(output(predictor, step.x_t, step.t), step.t - 1, step.x_t).prev_sample
        near = float((step.x_prev - theirs).abs().max()) < CLOSE * float(step.x_prev.abs().max())
        assert near or step.t - step.t_prev != 1000 // steps
        apart += not near
    assert apart


def test_the_last_step_may_go_nowhere(predictor: NetworkPredictor) -> None:
    """With set_alpha_to_one false and no offset, the last step is from alpha_bar_1 to alpha_bar_1, in the library as here."""
    scheduler = diffusers.DDIMScheduler(clip_sample=False, timestep_spacing="leading", set_alpha_to_one=False)
    scheduler.set_timesteps(K)
    last = walked(predictor, plan(predictor.schedule, K, 0.0, "ddim", spacing="leading", to_one=False), False)[-1]
    theirs = scheduler.step(output(predictor, last.x_t, 1), 0, last.x_t).prev_sample
    assert torch.equal(last.x_prev, last.x_t)
    assert torch.allclose(theirs, last.x_t, atol=1e-5)


@pytest.mark.parametrize("steps", [10, 16])
def test_dpm_solver(predictor: NetworkPredictor, steps: int) -> None:
    """algorithm_type dpmsolver++, solver_order 2, midpoint, down to sigma = 0: so the last step is of first order."""
    scheduler = diffusers.DPMSolverMultistepScheduler(
        algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint", final_sigmas_type="zero", timestep_spacing="trailing"
    )
    scheduler.set_timesteps(steps)
    course = plan(predictor.schedule, steps, method="dpm++2m")
    assert [t - 1 for t in course.timesteps[:-1]] == scheduler.timesteps.tolist()

    def theirs(step: Step) -> Tensor:
        found: Tensor = scheduler.step(output(predictor, step.x_t, step.t), step.t - 1, step.x_t).prev_sample
        return found

    assert furthest(walked(predictor, course, False), theirs) < CLOSE


@pytest.mark.parametrize("clip", [False, True])
def test_heun(predictor: NetworkPredictor, clip: bool) -> None:
    """The library walks y = x / sqrt(alpha_bar) in sigma = sqrt(1 / alpha_bar - 1)."""
    scheduler = diffusers.HeunDiscreteScheduler(
        beta_start=1e-4, beta_end=0.02, timestep_spacing="trailing", clip_sample=clip
    )  # fmt: skip
    scheduler.set_timesteps(K)
    levels = predictor.schedule.alpha_bar.tolist()

    def asked(y: Tensor, t: int) -> Tensor:
        return output(predictor, y * math.sqrt(levels[t]), t)

    def theirs(step: Step) -> Tensor:
        y = step.x_t / math.sqrt(levels[step.t])
        y = scheduler.step(asked(y, step.t), step.t - 1, y).prev_sample
        if step.t_prev:
            y = scheduler.step(asked(y, step.t_prev), step.t_prev - 1, y).prev_sample
        found: Tensor = y * math.sqrt(levels[step.t_prev])
        return found

    assert furthest(walked(predictor, plan(predictor.schedule, K, method="heun"), clip), theirs) < CLOSE


def test_euler(predictor: NetworkPredictor) -> None:
    scheduler = diffusers.EulerDiscreteScheduler(beta_start=1e-4, beta_end=0.02, timestep_spacing="trailing")
    scheduler.set_timesteps(K)
    levels = predictor.schedule.alpha_bar.tolist()

    def theirs(step: Step) -> Tensor:
        y = step.x_t / math.sqrt(levels[step.t])
        scheduler.is_scale_input_called = True
        y = scheduler.step(output(predictor, step.x_t, step.t), scheduler.timesteps[step.k], y).prev_sample
        found: Tensor = y * math.sqrt(levels[step.t_prev])
        return found

    assert furthest(walked(predictor, plan(predictor.schedule, K, method="euler"), False), theirs) < CLOSE


class TwoHalves(torch.nn.Module):
    """Predicts the noise, and beside it a variance that differs from pixel to pixel."""

    def __init__(self, learned: str) -> None:
        super().__init__()
        self.learned_variance = learned

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        spread = torch.tanh(3 * x_t) if self.learned_variance == "range" else 1e-3 * (1.5 + torch.tanh(x_t))
        return torch.cat([torch.tanh(x_t), spread], dim=1)


def of_two_halves(learned: str, schedule: Schedule) -> NetworkPredictor:
    network = TwoHalves(learned)
    return NetworkPredictor(network, Option.C, schedule, network=network)


@pytest.mark.parametrize(("learned", "name"), [("range", "learned_range"), ("plain", "learned")])
def test_learned_variance(monkeypatch: pytest.MonkeyPatch, learned: str, name: str) -> None:
    asked = of_two_halves(learned, linear(1000))
    scheduler = diffusers.DDPMScheduler(clip_sample=True, variance_type=name, timestep_spacing="trailing")
    scheduler.set_timesteps(K)

    def theirs(step: Step) -> Tensor:
        given_noise(monkeypatch, step)
        found: Tensor = scheduler.step(output(asked, step.x_t, step.t), step.t - 1, step.x_t).prev_sample
        return found

    course = plan(asked.schedule, K, variance="learned")
    assert furthest(walked(asked, course, True), theirs) < CLOSE
    assert furthest(walked(asked, plan(asked.schedule, K), True), theirs) > 10 * CLOSE, "the posterior's variance is another"

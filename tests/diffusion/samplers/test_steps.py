"""Every sampler: its equation, its order, any stretch of its chain made again."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from explorer.diffusion.limits import Limit
from explorer.diffusion.parameterization import Option
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.reverse import Step, initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.samplers.methods import METHODS, evaluations
from explorer.diffusion.samplers.steps import as_taken
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear

from .ideal import SHAPE, N, ideal, ideal_x0

EVERY = [("ancestral", 1.0), ("ancestral", 0.3), ("ddim", 0.0), ("ddim", 0.6), ("euler", 0.0), ("heun", 0.0), ("dpm++2m", 0.0)]


def noise(t: int) -> Tensor:
    return noise_source(0, range(N), SHAPE)(t).double()


def walked(predictor: Predictor, course: Plan, clip: bool | Limit = False) -> list[Step]:
    return list(reverse_steps(predictor, course, initial_state(noise), noise, clip))


def test_every_sampler_is_tried() -> None:
    assert {method for method, _ in EVERY} == set(METHODS)


@pytest.mark.parametrize(("method", "eta"), EVERY)
@pytest.mark.parametrize("clip", [False, True])
def test_any_stretch_is_made_again_bit_for_bit_from_a_state_and_its_memory(method: str, eta: float, clip: bool) -> None:
    schedule = cosine(60)
    predictor, course = ideal(schedule, wrong=1.2), plan(schedule, 12, eta, method)
    steps = walked(predictor, course, clip)
    for previous, step in pairwise(steps):
        before = previous.prediction.x0_hat if METHODS[method].remembers else None
        again = next(reverse_steps(predictor, course, step.x_t, noise, clip, step.k, before))
        assert torch.equal(again.x_prev, step.x_prev)


@pytest.mark.parametrize(("method", "eta"), EVERY)
@pytest.mark.parametrize("clip", [False, True])
def test_what_is_kept_of_a_step_says_what_it_was_taken_by(method: str, eta: float, clip: bool) -> None:
    """From x_t, x0_hat and what the step goes towards follow mean and eps_hat, and mean = a0 D + at x_t."""
    schedule = cosine(60)
    course = plan(schedule, 12, eta, method)
    for step in walked(ideal(schedule, wrong=1.2), course, clip):
        said, coefficients = step.prediction, course.steps[step.k]
        assert said.towards is None or METHODS[method].keeps_towards
        again = as_taken(method, step.x_t, said.x0_hat, said.towards, coefficients)
        assert torch.allclose(again.mean, said.mean, atol=1e-12)
        assert torch.allclose(again.eps_hat, said.eps_hat, atol=1e-8)
        towards = said.x0_hat if said.towards is None else said.towards
        assert torch.allclose(coefficients.a0 * towards + coefficients.at * step.x_t, said.mean, atol=1e-12)


def test_deterministic_samplers_draw_nothing_and_ask_as_often_as_is_said() -> None:
    schedule = linear(60)
    for method, sampler in METHODS.items():
        if sampler.noisy:
            continue
        asked: list[int] = []
        predictor = ideal(schedule)
        run = predictor.run
        predictor.run = lambda x, t, run=run, asked=asked: (asked.append(int(t[0])), run(x, t))[1]  # type: ignore[misc]
        course = plan(schedule, 10, 1.0, method)
        list(reverse_steps(predictor, course, initial_state(noise), lambda t: pytest.fail(f"asked for z_{t}")))
        assert len(asked) == sum(evaluations(course, k) for k in range(course.K))
        assert evaluations(course, 0) == (2 if method == "heun" else 1)


def field(schedule: Schedule) -> Callable[[Tensor, int], Tensor]:
    """dy/ds = eps_hat of the ideal denoiser, at y and a timestep: the ODE as MATH.md writes it, with nothing of the app's steps."""
    levels = schedule.alpha_bar.tolist()

    def slope(y: Tensor, t: int) -> Tensor:
        x = y * math.sqrt(levels[t])
        return (x - math.sqrt(levels[t]) * ideal_x0(x, levels[t])) / math.sqrt(1 - levels[t])

    return slope


def test_euler_and_heun_are_the_ode_in_y_and_s() -> None:
    """y = x / sqrt(alpha_bar), s = sqrt((1 - alpha_bar) / alpha_bar): y' = y + (s' - s) slope, the slope of one end or the mean of both."""
    schedule = cosine(90)
    levels, slope = schedule.alpha_bar.tolist(), field(schedule)
    s = [math.sqrt((1 - level) / level) for level in levels]
    for method in ("euler", "heun"):
        for step in walked(ideal(schedule), plan(schedule, 9, method=method)):
            t, there = step.t, step.t_prev
            y = step.x_t / math.sqrt(levels[t])
            first = slope(y, t)
            euler = y + (s[there] - s[t]) * first
            second = slope(euler, there) if method == "heun" and there else first
            wanted = (y + (s[there] - s[t]) * (first + second) / 2) * math.sqrt(levels[there])
            assert torch.allclose(step.x_prev, wanted, atol=1e-10), (method, t)


def test_euler_is_ddim_with_eta_0() -> None:
    schedule = linear(100)
    for ours, theirs in zip(
        walked(ideal(schedule), plan(schedule, 10, method="euler")), walked(ideal(schedule), plan(schedule, 10, 0.0)), strict=True
    ):
        assert torch.equal(ours.x_prev, theirs.x_prev)


def test_dpm_solver_is_the_papers_second_step() -> None:
    """Algorithm 2 of Lu et al. 2022 written out: r, D and the exponential of h."""
    schedule = linear(100)
    course = plan(schedule, 10, method="dpm++2m")
    steps = walked(ideal(schedule), course)
    levels = [step.alpha_bar for step in course.steps]
    lambdas = [math.log(math.sqrt(level) / math.sqrt(1 - level)) for level in levels]
    for before, step in list(pairwise(steps))[:-1]:
        k = step.k
        h, last = lambdas[k + 1] - lambdas[k], lambdas[k] - lambdas[k - 1]
        r = last / h
        target = (1 + 1 / (2 * r)) * step.prediction.x0_hat - 1 / (2 * r) * before.prediction.x0_hat
        sigma, sigma_next = math.sqrt(1 - levels[k]), math.sqrt(1 - levels[k + 1])
        wanted = sigma_next / sigma * step.x_t - math.sqrt(levels[k + 1]) * (math.exp(-h) - 1) * target
        assert torch.allclose(step.x_prev, wanted, atol=1e-12)
    for first_order in (steps[0], steps[-1]):
        assert first_order.prediction.towards is None


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("ddim", 1), ("heun", 2), ("dpm++2m", 2)])
def test_the_error_falls_as_the_order_says(method: str, order: int) -> None:
    """Over the same stretch of the ODE in 60, 120 and 240 steps, against one of 2400 by Heun's method."""
    schedule = linear(2400)
    top, bottom = 1920, 480

    def end(method: str, steps: int) -> Tensor:
        course = plan(schedule, steps, 0.0, method)
        first = course.timesteps.index(top)
        for step in reverse_steps(ideal(schedule), course, initial_state(noise) * 1.1, noise, start=first):
            if step.t_prev == bottom:
                return step.x_prev
        raise AssertionError("the stretch ends on a timestep")

    fine = end("heun", 2400)
    errors = [float((end(method, steps) - fine).norm()) for steps in (60, 120, 240)]
    measured = [math.log2(coarse / finer) for coarse, finer in pairwise(errors)]
    assert all(abs(each - order) < 0.3 for each in measured), measured


def test_from_no_signal_at_all_heuns_step_is_eulers() -> None:
    schedule = from_betas([*linear(50).betas.tolist()[:-1], 1 - 2**-53])
    ask = ideal(schedule)
    first, euler = (walked(ask, plan(schedule, 5, method=method))[0] for method in ("heun", "euler"))
    assert schedule.alpha_bar[-1] < 1e-12
    assert torch.equal(first.x_prev, euler.x_prev)
    assert evaluations(plan(schedule, 5, method="heun"), 0) == 1


def test_option_a_is_taken_as_it_is_whatever_noise_is_added() -> None:
    schedule = linear(30)
    predictor = NetworkPredictor(lambda x, t: 0.9 * x, Option.A, schedule)
    for step in walked(predictor, plan(schedule, variance="large")):
        assert torch.equal(step.prediction.mean, 0.9 * step.x_t)

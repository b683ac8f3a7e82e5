"""The reverse chain x_T ... x_0: one generator for the engine, the command line and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.plan import Plan as Plan
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.schedule import Schedule
from explorer.errors import BadInput

Noise = Callable[[int], Tensor]

INITIAL = 0  # the timestep key of x_T: no step starts at 0, so no z_t has it


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain.

    Attributes
    ----------
    k : int
        Index of the step, 0..K-1.
    t, t_prev : int
        It goes from t to t_prev.
    x_t, x_prev : Tensor, shape (N, C, H, W)
        State before and after.
    prediction : Prediction
        What the predictor said of x_t.
    """

    k: int
    t: int
    t_prev: int
    x_t: Tensor
    prediction: Prediction
    x_prev: Tensor


def plan(schedule: Schedule, steps: int | None = None, eta: float = 1.0) -> Plan:
    """Plan of a chain of `steps` of the schedule's T timesteps (all if None).

    alpha_bar is taken at the chosen timesteps and alpha re-derived as the ratio of neighbours.

    Raises
    ------
    ScheduleError, ValueError
        If `steps` is not in 1..T or eta not in [0, 1].
    """
    taus = schedule.subsequence(steps)
    levels = schedule.alpha_bar
    return Plan(taus, tuple(posterior(float(levels[t]), float(levels[s]), eta) for t, s in pairwise(taus)))


def noise_source(seed: int, indices: Sequence[int], shape: Sequence[int], device: torch.device | str = "cpu", stream: int = 0) -> Noise:
    """Shared noise of a batch as a function of t, each (N, *shape): x_T at t = INITIAL, z_t at t in 1..T."""

    def draw(t: int) -> Tensor:
        return shared_noise(seed, indices, t, shape, device, stream)

    return draw


def initial_state(noise: Noise) -> Tensor:
    """x_T ~ N(0, I), shape (N, C, H, W)."""
    return noise(INITIAL)


def reverse_steps(predictor: Predictor, course: Plan, x: Tensor, noise: Noise, clip: bool = False, start: int = 0) -> Iterator[Step]:
    """Walk the chain: x_{t-1} = mean + sigma_t z_t (lecture, sampling).

    Parameters
    ----------
    predictor : Predictor
    course : Plan
    x : Tensor, shape (N, C, H, W)
        State at `course.timesteps[start]`.
    noise : callable
        t -> z_t, the fresh noise of the step that starts at t, x's shape.
    clip : bool
        Keep x0_hat in [-1, 1].
    start : int
        Index of the first step: any stretch of a chain is made again from a stored state.

    Yields
    ------
    Step
        One for each step; between them the caller may stop.

    Raises
    ------
    BadInput
        If the predictor puts out numbers that are not finite.
    """
    for k in range(start, course.K):
        t, t_prev, coefficients = course.timesteps[k], course.timesteps[k + 1], course.steps[k]
        prediction = predictor.predict(x, t, coefficients, clip)
        x_prev = prediction.around
        if coefficients.sigma > 0:
            x_prev = x_prev + coefficients.sigma * noise(t)
        check_finite(x_prev, predictor, t)
        yield Step(k, t, t_prev, x, prediction, x_prev)
        x = x_prev


def check_finite(x: Tensor, predictor: Predictor, t: int) -> None:
    """Refuse what a predictor made of the state at t if it is not finite (BadInput, naming the network): no step leads on from it."""
    if not torch.isfinite(x).all():
        name = getattr(predictor, "name", "a lane")
        raise BadInput(f"{name}: its network puts out numbers that are not finite, at t = {t}: there is no chain")

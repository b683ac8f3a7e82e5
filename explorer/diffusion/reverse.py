"""The reverse chain x_T ... x_0: one generator for the engine, the command line and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from explorer.diffusion.limits import Clip
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.plan import Plan as Plan
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import Predictor, ask, remembers
from explorer.diffusion.samplers.methods import METHODS, take
from explorer.diffusion.samplers.spacing import spaced
from explorer.diffusion.samplers.variance import large
from explorer.diffusion.schedule import Schedule, ScheduleError
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


def plan(
    schedule: Schedule, steps: int | None = None, eta: float = 1.0, method: str = "ancestral", *,
    spacing: str = "trailing", offset: int = 0, to_one: bool = True, variance: str = "small",
) -> Plan:  # fmt: skip
    """Plan of a chain of `steps` of the schedule's T timesteps (all if None).

    alpha_bar is taken at the chosen timesteps and alpha re-derived as the ratio of neighbours.

    Parameters
    ----------
    eta : float
        In [0, 1]: how much noise a sampler that adds any adds; the others have 0, whatever is said.
    method : str
        A name in explorer.diffusion.samplers.methods.
    spacing, offset
        As of `spaced`.
    to_one : bool
        The last step ends at alpha_bar = 1; else at alpha_bar_1 (diffusers' set_alpha_to_one).
    variance : "small", "large" or "learned"
        Of the noise where eta is 1: the posterior's, beta_t, or what the network has learned.

    Raises
    ------
    ScheduleError, ValueError
        If there are no such timesteps, or eta is not in [0, 1].
    """
    try:
        taus = spaced(schedule.T, steps, spacing, offset)
    except ValueError as error:
        raise ScheduleError(str(error)) from None
    levels = [float(schedule.alpha_bar[t]) for t in taus]
    if not to_one:
        levels[-1] = float(schedule.alpha_bar[1])
    eta = eta if METHODS[method].noisy else 0.0
    walked = tuple(posterior(here, there, eta) if there > here else staying(here) for here, there in pairwise(levels))
    if variance == "large" and eta == 1:
        walked = tuple(large(step) for step in walked)
    if schedule.start < 1:  # nobody adds noise to what is shown as the image
        walked = (*walked[:-1], replace(walked[-1], sigma=0.0))
    return Plan(taus, walked, method, len(walked) if variance == "learned" and eta == 1 else 0)


def noise_source(seed: int, indices: Sequence[int], shape: Sequence[int], device: torch.device | str = "cpu", stream: int = 0) -> Noise:
    """Shared noise of a batch as a function of t, each (N, *shape): x_T at t = INITIAL, z_t at t in 1..T."""

    def draw(t: int) -> Tensor:
        return shared_noise(seed, indices, t, shape, device, stream)

    return draw


def initial_state(noise: Noise) -> Tensor:
    """x_T ~ N(0, I), shape (N, C, H, W)."""
    return noise(INITIAL)


def reverse_steps(
    predictor: Predictor, course: Plan, x: Tensor, noise: Noise, clip: Clip = False, start: int = 0, before: Tensor | None = None
) -> Iterator[Step]:
    """Walk the chain: x_{t-1} = mean + sigma_t z_t (lecture, sampling), the mean being that of the plan's sampler.

    Parameters
    ----------
    predictor : Predictor
    course : Plan
    x : Tensor, shape (N, C, H, W)
        State at `course.timesteps[start]`.
    noise : callable
        t -> z_t, the fresh noise of the step that starts at t, x's shape.
    clip : bool or Limit
        Keep x0_hat in [-1, 1], or within another limit.
    start : int
        Index of the first step: any stretch of a chain is made again from a stored state.
    before : Tensor or None
        x0_hat of the state before `start`, which samplers of several steps and self-conditioned networks need (`needs_memory`).

    Yields
    ------
    Step
        One for each step; between them the caller may stop.

    Raises
    ------
    BadInput
        If the predictor puts out numbers that are not finite.
    """

    def said(x: Tensor, j: int, before: Tensor | None) -> Prediction:
        return ask(predictor, x, course.timesteps[j], course.steps[j], clip, before)

    for k in range(start, course.K):
        t, t_prev, coefficients = course.timesteps[k], course.timesteps[k + 1], course.steps[k]
        prediction = take(course, said, k, x, before)
        x_prev = prediction.next_state(coefficients, partial(noise, t))
        check_finite(x_prev, predictor, t)
        yield Step(k, t, t_prev, x, prediction, x_prev)
        x, before = x_prev, prediction.x0_hat


def needs_memory(predictor: Predictor, course: Plan) -> bool:
    """Whether a step of the chain depends on the x0_hat of the state before."""
    return METHODS[course.method].remembers or remembers(predictor)


def staying(alpha_bar: float) -> Posterior:
    """The step from a level to itself: nothing happens."""
    return Posterior(alpha_bar, alpha_bar, 0.0, 1.0, 0.0)


def check_finite(x: Tensor, predictor: Predictor, t: int) -> None:
    """Refuse what a predictor made of the state at t if it is not finite (BadInput, naming the network): no step leads on from it."""
    if not torch.isfinite(x).all():
        name = getattr(predictor, "name", "a lane")
        raise BadInput(f"{name}: its network puts out numbers that are not finite, at t = {t}: there is no chain")

"""The samplers that a chain can have, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from explorer.diffusion.samplers import steps
from explorer.diffusion.samplers.steps import Ask, has_second_slope

if TYPE_CHECKING:
    from explorer.diffusion.parameterization import Prediction
    from explorer.diffusion.plan import Plan


@dataclass(frozen=True, slots=True)
class Method:
    """One sampler.

    Attributes
    ----------
    take : callable
        A function of `steps.py`.
    noisy : bool
        It adds noise, as much as eta says; the others are of the probability-flow ODE, and are deterministic.
    remembers : bool
        A step needs the x0_hat of the state before.
    twice : bool
        It asks the predictor twice in every step but the last.
    keeps_towards : bool
        The mean of its step does not follow from x_t and x0_hat: what it went towards is kept with them.
    """

    take: Callable[[Ask, Plan, int, Any, Any], Prediction]
    noisy: bool = False
    remembers: bool = False
    twice: bool = False
    keeps_towards: bool = False


METHODS = {
    "ancestral": Method(steps.first_order, noisy=True),
    "ddim": Method(steps.ddim, noisy=True, keeps_towards=True),
    "euler": Method(steps.first_order),
    "heun": Method(steps.heun, twice=True, keeps_towards=True),
    "dpm++2m": Method(steps.two_steps, remembers=True, keeps_towards=True),
}
"""By the names that recipes have."""


def take(course: Plan, ask: Ask, k: int, x_t: Any, before: Any) -> Prediction:
    """The prediction that step k of a chain is taken by; see `steps`."""
    said = METHODS[course.method].take(ask, course, k, x_t, before)
    return said if said.variance is None or k < course.learned else replace(said, variance=None)


def evaluations(course: Plan, k: int) -> int:
    """How often step k asks the predictor."""
    return 2 if METHODS[course.method].twice and k < course.K and has_second_slope(k, course.K, course.steps[k].alpha_bar) else 1

"""How much noise a step adds: the variance of p(x_s | x_t)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.diffusion.posterior import Posterior

if TYPE_CHECKING:
    from torch import Tensor

VARIANCES = ("small", "large", "learned")
SMALLEST = 1e-20
"""Of a variance whose logarithm is taken: that of the step to x_0 is 0, and adds no noise."""


def large(step: Posterior) -> Posterior:
    """The step with variance beta_t = 1 - alpha_bar_t / alpha_bar_s ("fixed large", Ho et al. 2020, section 3.2), none at x_0."""
    return step if step.sigma == 0 else replace(step, sigma=math.sqrt(1 - step.alpha))


def between(output: Tensor, step: Posterior) -> Tensor:
    """Learned variance of a step, shape of the output: exp( v log beta_t + (1 - v) log sigma_t^2 ), v = (output + 1) / 2.

    Nichol and Dhariwal 2021, eq. 15, with beta_t and the posterior's sigma_t^2 of the step that is taken.
    """
    beta = max(1 - step.alpha, SMALLEST)
    small = max(beta * (1 - step.alpha_bar_prev) / (1 - step.alpha_bar), SMALLEST)
    v = (output + 1) / 2
    found: Tensor = (v * math.log(beta) + (1 - v) * math.log(small)).exp()
    return found

"""Options A, B, C (and V): what the network predicts, and how each prediction gives the others.

The formulas take numpy arrays as they take tensors, with the same results: a chain that is kept is shown without torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from explorer.diffusion.limits import Clip, limited
from explorer.diffusion.posterior import Posterior

if TYPE_CHECKING:
    from torch import Tensor


class Option(StrEnum):
    """What a network predicts (lecture, "three parameterizations"; V after Salimans and Ho 2022)."""

    A = "A"
    B = "B"
    C = "C"
    V = "V"

    @property
    def predicts(self) -> str:
        """The predicted quantity in words."""
        return {"A": "posterior mean", "B": "clean image", "C": "noise", "V": "velocity"}[self.value]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a predictor says of x_t: three views of one thing, each of x_t's shape.

    Attributes
    ----------
    mean : Tensor
        Mean of the step to x_{t-1}.
    x0_hat : Tensor
        The clean image.
    eps_hat : Tensor
        The noise in x_t.
    component : Tensor or None
        Where the step is not a Gaussian but a mixture of Gaussians, such as the exact q(x_{t-1} | x_t): the mean of the
        component drawn, which x_{t-1} is then drawn from. None: it is drawn around `mean`.
    unclipped : Tensor or None
        x0_hat before it was limited; None where it was not.
    towards : Tensor or None
        The clean image D that the step goes towards, mean = a0 D + at x_t; None where that is x0_hat (see explorer.diffusion.samplers).
    variance : Tensor or None
        Of the step, as the network has learned it; None where the step's own sigma^2 counts.
    """

    mean: Tensor
    x0_hat: Tensor
    eps_hat: Tensor
    component: Tensor | None = None
    unclipped: Tensor | None = None
    towards: Tensor | None = None
    variance: Tensor | None = None

    @property
    def around(self) -> Tensor:
        """What x_{t-1} is drawn around."""
        return self.mean if self.component is None else self.component

    def next_state(self, step: Posterior, z: Callable[[], Tensor]) -> Tensor:
        """x_{t-1} = mean + sigma_t z; `z` is asked for noise of x_t's shape only where the step adds some."""
        if step.sigma == 0:
            return self.around
        return self.around + (step.sigma if self.variance is None else self.variance.sqrt()) * z()


def x0_from_eps(x_t: Tensor, eps: Tensor, step: Posterior) -> Tensor:
    """x_0 = (x_t - sqrt(1 - alpha_bar_t) eps) / sqrt(alpha_bar_t) (Property 1 solved for x_0)."""
    return (x_t - step.sqrt_one_minus_alpha_bar * eps) / step.sqrt_alpha_bar


def eps_from_x0(x_t: Tensor, x0: Tensor, step: Posterior) -> Tensor:
    """Eps = (x_t - sqrt(alpha_bar_t) x_0) / sqrt(1 - alpha_bar_t) (Property 1 solved for eps)."""
    return (x_t - step.sqrt_alpha_bar * x0) / step.sqrt_one_minus_alpha_bar


def mean_from_x0(x_t: Tensor, x0: Tensor, step: Posterior) -> Tensor:
    """Mean = a0_t x_0 + at_t x_t (Property 2)."""
    return step.a0 * x0 + step.at * x_t


def x0_from_mean(x_t: Tensor, mean: Tensor, step: Posterior) -> Tensor:
    """x_0 = (mean - at_t x_t) / a0_t: badly conditioned at large t, where a0_t is about 1e-4."""
    return (mean - step.at * x_t) / step.a0


def x0_from_v(x_t: Tensor, v: Tensor, step: Posterior) -> Tensor:
    """x_0 = sqrt(alpha_bar_t) x_t - sqrt(1 - alpha_bar_t) v, from v = sqrt(ab) eps - sqrt(1 - ab) x_0."""
    return step.sqrt_alpha_bar * x_t - step.sqrt_one_minus_alpha_bar * v


def complete(option: Option, output: Tensor, x_t: Tensor, step: Posterior, native: Posterior, clip: Clip = False) -> Prediction:
    """All three quantities from a network's output under its option.

    Parameters
    ----------
    output, x_t : Tensor, same shape
        The network's output and its input.
    step : Posterior
        The step that the sampler takes from x_t.
    native : Posterior
        The step t -> t-1 of the network's own schedule, which is the one whose mean Option A predicts.
    clip : bool or Limit
        Keep x0_hat in [-1, 1], or within another limit, and derive the mean and eps_hat from it.

    Notes
    -----
    Only where the mean of `step` is that of `native` and nothing is clipped is Option A's prediction used as it is.
    """
    unclipped = None
    if option is Option.A:
        x0_hat = x0_from_mean(x_t, output, native)
    elif option is Option.B:
        x0_hat = output
    elif option is Option.C:
        x0_hat = x0_from_eps(x_t, output, step)
    else:
        x0_hat = x0_from_v(x_t, output, step)
    if clip:
        unclipped, x0_hat = x0_hat, limited(x0_hat, clip)
    elif option is Option.A and step.same_mean(native):
        return Prediction(output, x0_hat, eps_from_x0(x_t, x0_hat, step))
    elif option is Option.C:
        return Prediction(mean_from_x0(x_t, x0_hat, step), x0_hat, output)
    return Prediction(mean_from_x0(x_t, x0_hat, step), x0_hat, eps_from_x0(x_t, x0_hat, step), unclipped=unclipped)

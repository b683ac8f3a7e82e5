"""The exact reverse process behind the seam of explorer.diffusion.predictor: a lane without a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.limits import Clip, limited
from explorer.diffusion.noise import shared_uniforms
from explorer.diffusion.parameterization import Option, Prediction, complete, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.schedule import Schedule

Uniforms = Callable[[int], Tensor]
"""t to numbers in [0, 1), shape (N,), float64: what samples draw with at timestep t."""


@dataclass(frozen=True, slots=True)
class ExactPrediction(Prediction):
    """What the exact process says of x_t, and how undecided x_0 still is.

    Attributes
    ----------
    entropy : Tensor, shape (N,), float64
        Of the images' weights, in nats.
    drawn : Tensor or None, shape (N,), int64
        Index of the image x^i drawn from w; None where the mean is followed.
    """

    entropy: Tensor | None = None
    drawn: Tensor | None = None


@runtime_checkable
class Drawing(Protocol):
    """A predictor whose step draws: it has to know for which samples."""

    def for_samples(self, uniforms: Uniforms) -> Predictor:
        """The predictor of samples that draw with these numbers."""
        ...


def uniform_source(seed: int, indices: Sequence[int], device: torch.device | str = "cpu", stream: int = 0) -> Uniforms:
    """Shared numbers of a batch to draw with, as a function of t."""

    def numbers(t: int) -> Tensor:
        return shared_uniforms(seed, indices, t, device, stream)

    return numbers


def of_samples(predictor: Predictor, seed: int, indices: Sequence[int], stream: int = 0) -> Predictor:
    """The predictor of these samples: itself, unless its steps draw, or it is told their labels."""
    if isinstance(predictor, Drawing):
        return predictor.for_samples(uniform_source(seed, indices, stream=stream))
    return told_of(predictor, indices)


class ExactPredictor:
    """The exact reverse process of a data set.

    Parameters
    ----------
    data : EmpiricalData
    schedule : Schedule
    follow : "draw" or "mean"
        Draw x^i ~ w, then x_{t-1} from q(x_{t-1} | x_t, x_0 = x^i), which together draw from the mixture q(x_{t-1} | x_t);
        or follow the mean E[x_0 | x_t], as a perfect network would.
    option : Option or None
        Take the answer through that option's output, as a network's would be.
    uniforms : callable or None
        What the samples draw with; `for_samples` gives it.
    """

    def __init__(
        self,
        data: EmpiricalData,
        schedule: Schedule,
        follow: Literal["draw", "mean"] = "draw",
        option: Option | None = None,
        uniforms: Uniforms | None = None,
    ) -> None:
        self.data, self.schedule, self.follow, self.option, self._uniforms = data, schedule, follow, option, uniforms

    def for_samples(self, uniforms: Uniforms) -> ExactPredictor:
        """The predictor of samples that draw with these numbers."""
        return ExactPredictor(self.data, self.schedule, self.follow, self.option, uniforms)

    def following(self, follow: Literal["draw", "mean"]) -> ExactPredictor:
        """The same process, drawing images or following the mean."""
        return ExactPredictor(self.data, self.schedule, follow, self.option, self._uniforms)

    def on(self, schedule: Schedule) -> ExactPredictor:
        """The exact reverse process of the same data under another schedule."""
        return ExactPredictor(self.data, schedule, self.follow, self.option, self._uniforms)

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip) -> ExactPrediction:
        """As `Predictor.predict`: mean, x0_hat and eps_hat are those of q(x_{t-1} | x_t).

        Raises
        ------
        ValueError
            If it draws and has nothing to draw with.
        """
        numbers = None
        if self.follow == "draw":
            if self._uniforms is None:
                raise ValueError("the exact process draws: it needs the numbers of its samples (for_samples)")
            numbers = self._uniforms(t)
        found = self.data.posterior(x_t, step.alpha_bar, numbers)
        said = self._through(found.mean.to(x_t.dtype), x_t, t, step, clip)
        component = None
        if found.drawn is not None:
            images = self.data.images(found.drawn).to(x_t)
            component = self._through(images, x_t, t, step, clip).mean
        return ExactPrediction(
            said.mean, said.x0_hat, said.eps_hat, component, said.unclipped, entropy=found.entropy, drawn=found.drawn
        )  # fmt: skip

    def noise_trace(self, x_t: Tensor, t: int) -> Tensor:
        """Trace of d eps_hat / d x_t, shape (N,), float64, as of `explorer.diffusion.divergence`.

        E[x_0 | x_t] has the Jacobian sqrt(ab) / (1 - ab) Cov(x_0 | x_t), so the trace is ( d - ab / (1 - ab) tr Cov ) / sqrt(1 - ab).
        """
        level = float(self.schedule.alpha_bar[t])
        spread = self.data.spread(x_t, level).cpu()
        return (x_t[0].numel() - level / (1 - level) * spread) / math.sqrt(1 - level)

    def _through(self, x0: Tensor, x_t: Tensor, t: int, step: Posterior, clip: Clip) -> Prediction:
        """Prediction of a clean image, taken through the option's output."""
        if self.option is None:
            unclipped, x0 = x0 if clip else None, limited(x0, clip)
            return Prediction(mean_from_x0(x_t, x0, step), x0, eps_from_x0(x_t, x0, step), unclipped=unclipped)
        levels = self.schedule.alpha_bar
        native = posterior(float(levels[t]), float(levels[t - 1]))
        return complete(self.option, output_of(self.option, x0, x_t, step, native), x_t, step, native, clip)


def output_of(option: Option, x0: Tensor, x_t: Tensor, step: Posterior, native: Posterior) -> Tensor:
    """What a network under an option would put out if it meant the clean image x0: the inverse of `complete`.

    Parameters
    ----------
    x0, x_t : Tensor, same shape
    step, native : Posterior
        As for `complete`.
    """
    if option is Option.A:
        return mean_from_x0(x_t, x0, native)
    if option is Option.B:
        return x0
    eps = eps_from_x0(x_t, x0, step)
    if option is Option.C:
        return eps
    return step.sqrt_alpha_bar * eps - step.sqrt_one_minus_alpha_bar * x0

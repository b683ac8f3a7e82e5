"""The one seam between networks and chains: x_t and t in; mean, x0_hat and eps_hat out.

Faster engines, other people's networks and the exact process go behind `Predictor`; chains never see more.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, Self, runtime_checkable

import torch
from torch import Tensor, nn

from explorer.diffusion.guidance import Condition, guided
from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Option, Prediction, complete
from explorer.diffusion.pixel_range import HERE, Range, limit_of_range
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.samplers.variance import between
from explorer.diffusion.schedule import Schedule

Run = Callable[..., Tensor]
"""(x_t, t) to a network's output; labels of a conditional one come next, x0_hat of the state before of a self-conditioned one last."""


class Predictor(Protocol):
    """What a chain asks at every step, through `ask`.

    A predictor whose answer depends on what it said before (self-conditioning, Chen et al. 2022) has an attribute
    `remembers` that is true, and takes the x0_hat of the state before as one more argument of `predict`, None at the first.
    Chains then keep it with each state, so that a step is taken again from any of them.

    Attributes
    ----------
    schedule : Schedule
        Timesteps and noise levels that t refers to.
    """

    schedule: Schedule

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip) -> Prediction:
        """Prediction for the step from x_t.

        Parameters
        ----------
        x_t : Tensor, shape (N, C, H, W), float32
        t : int
            Timestep in 1..T.
        step : Posterior
            The step that the chain is about to take.
        clip : bool or Limit
            Keep x0_hat in [-1, 1], or within another limit.
        """
        ...


def remembers(predictor: Predictor) -> bool:
    """Whether its answer depends on the x0_hat of the state before."""
    return bool(getattr(predictor, "remembers", False))


def ask(predictor: Predictor, x_t: Tensor, t: int, step: Posterior, clip: Clip, before: Tensor | None = None) -> Prediction:
    """As `Predictor.predict`, with what was said of the state before for a predictor that remembers.

    Parameters
    ----------
    before : Tensor or None, x_t's shape
        x0_hat of the state before, as the chain has it; None at the first state, and where the chain begins anew.
    """
    if remembers(predictor):
        told: Callable[..., Prediction] = predictor.predict
        return told(x_t, t, step, clip, before)
    return predictor.predict(x_t, t, step, clip)


@runtime_checkable
class Labelled(Protocol):
    """A predictor that may be told a label for each sample: it has to know which samples they are."""

    def for_indices(self, indices: Sequence[int]) -> Predictor:
        """The predictor of a batch of these samples; itself where there are no labels."""
        ...

    def apart(self) -> tuple[Predictor, Predictor] | None:
        """The two predictors that guidance weighs: for the labels alone, and for no class; None where there is no null label."""
        ...


def told_of(predictor: Predictor, indices: Sequence[int]) -> Predictor:
    """The predictor of a batch of these samples: itself, unless it is told their labels."""
    return predictor.for_indices(indices) if isinstance(predictor, Labelled) else predictor


class NetworkPredictor:
    """A network under one option, however it is run; predictions are of x_t's type.

    Parameters
    ----------
    run : callable
        (x_t, t of shape (N,)) -> output of x_t's shape: the network, or what a backend made of it; with a condition, labels are the
        third. A network with an attribute `self_conditioned` that is true is given last x0_hat of the state before, zeros at the
        first. Of one that has learned a variance, which its attribute `learned_variance` says, the second half of twice as many
        channels is that: "range" between the posterior's and beta_t (see `between`), or "plain", the variance itself.
    option : Option
        What the output means.
    schedule : Schedule
        The schedule that the network was trained on.
    fast : callable or None
        The same in less exact arithmetic.
    up_to : int
        Largest timestep at which that is asked instead.
    name : str
        Where it is from, for messages.
    network : nn.Module or None
        The module that it is, for who wants to look inside it.
    calls_network : bool
        Whether the callables call that module, so that what happens in it can be watched.
    condition : Condition or None
        The labels of a conditional network, and how far they guide it.
    value_range : (float, float)
        Black and white of its images: limits of x0_hat, which are told for [-1, 1], are moved there.
    """

    def __init__(
        self,
        run: Run,
        option: Option,
        schedule: Schedule,
        fast: Run | None = None,
        up_to: int = 0,
        name: str = "a lane",
        network: nn.Module | None = None,
        calls_network: bool = True,
        condition: Condition | None = None,
        value_range: Range = HERE,
    ) -> None:
        self.value_range = value_range
        self.name, self.network, self.calls_network = name, network, calls_network
        self.run, self.fast, self.up_to = run, fast, up_to
        self.option, self.schedule, self.condition = option, schedule, condition
        self.remembers = bool(getattr(network, "self_conditioned", False))
        self.learned: str | None = getattr(network, "learned_variance", None)
        self._levels: list[float] = schedule.alpha_bar.tolist()

    def run_at(self, t: int) -> Run:
        """What is asked at timestep t."""
        return self.fast if self.fast is not None and t <= self.up_to else self.run

    def told(self, condition: Condition) -> Self:
        """The same network, told these labels."""
        found = copy.copy(self)
        found.condition = condition
        return found

    def for_indices(self, indices: Sequence[int]) -> Self:
        """As `Labelled.for_indices`."""
        return self if self.condition is None else self.told(replace(self.condition, indices=tuple(indices)))

    def apart(self) -> tuple[Self, Self] | None:
        """As `Labelled.apart`."""
        condition = self.condition
        if condition is None or (null := condition.without_class) is None:
            return None
        return self.told(condition.unguided), self.told(null)

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip, before: Tensor | None = None) -> Prediction:
        """As `Predictor.predict`; guidance comes before clipping, and `before` is for a self-conditioned network."""
        native = posterior(self._levels[t], self._levels[t - 1])
        told = (torch.zeros_like(x_t) if before is None else before,) if self.remembers else ()
        output, spread = self._output(x_t, t, told)
        said = complete(self.option, output, x_t, step, native, limit_of_range(clip, self.value_range))
        if spread is None:
            return said
        return replace(said, variance=between(spread, step) if self.learned == "range" else spread.clamp(min=0))

    def _output(self, x_t: Tensor, t: int, told: tuple[Tensor, ...]) -> tuple[Tensor, Tensor | None]:
        """What the option completes, and what the network has learned of the variance, which guidance leaves to the class."""
        condition = self.condition
        if condition is None:
            return self._asked(x_t, t, *told)
        null = condition.without_class if condition.guidance else None
        if null is None:
            return self._asked(x_t, t, condition.of_batch(x_t), *told)
        unconditional, _ = self._asked(x_t, t, null.of_batch(x_t), *told)  # first: who watches the network sees what it says of the class
        output, spread = self._asked(x_t, t, condition.of_batch(x_t), *told)
        return guided(output, unconditional, condition.guidance), spread

    def _asked(self, x_t: Tensor, t: int, *told: Tensor) -> tuple[Tensor, Tensor | None]:
        times = torch.full((len(x_t),), t, device=x_t.device, dtype=torch.int64)
        output = self.run_at(t)(x_t, times, *told).to(x_t.dtype)
        if self.learned is None or output.shape[1] != 2 * x_t.shape[1]:
            return output, None
        half, spread = output.chunk(2, dim=1)
        return half, spread

"""The one seam between networks and chains: x_t and t in; mean, x0_hat and eps_hat out.

Faster engines, other people's networks and the exact process go behind `Predictor`; chains never see more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor, nn

from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Option, Prediction, complete
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.samplers.variance import between
from explorer.diffusion.schedule import Schedule

Run = Callable[..., Tensor]
"""(x_t, t) to a network's output; of a self-conditioned network (x_t, t, x0_hat of the state before)."""


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


class NetworkPredictor:
    """A network under one option, however it is run; predictions are of x_t's type.

    Parameters
    ----------
    run : callable
        (x_t, t of shape (N,)) -> output of x_t's shape: the network, or what a backend made of it. Of a network with an
        attribute `self_conditioned` that is true: (x_t, t, x0_hat of the state before, zeros at the first). Of one that has
        learned a variance, which its attribute `learned_variance` says, the second half of twice as many channels is that: "range"
        between the posterior's and beta_t (see `between`), or "plain", the variance itself.
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
    ) -> None:
        self.name, self.network, self.calls_network = name, network, calls_network
        self.run, self.fast, self.up_to = run, fast, up_to
        self.option, self.schedule = option, schedule
        self.remembers = bool(getattr(network, "self_conditioned", False))
        self.learned: str | None = getattr(network, "learned_variance", None)
        self._levels: list[float] = schedule.alpha_bar.tolist()

    def run_at(self, t: int) -> Run:
        """What is asked at timestep t."""
        return self.fast if self.fast is not None and t <= self.up_to else self.run

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip, before: Tensor | None = None) -> Prediction:
        """As `Predictor.predict`; `before` is for a self-conditioned network."""
        times = torch.full((len(x_t),), t, device=x_t.device, dtype=torch.int64)
        told = (torch.zeros_like(x_t) if before is None else before,) if self.remembers else ()
        output = self.run_at(t)(x_t, times, *told)
        native = posterior(self._levels[t], self._levels[t - 1])
        output, spread = output.to(x_t.dtype), None
        if self.learned is not None and output.shape[1] == 2 * x_t.shape[1]:
            output, spread = output.chunk(2, dim=1)
        said = complete(self.option, output, x_t, step, native, clip)
        if spread is None:
            return said
        return replace(said, variance=between(spread, step) if self.learned == "range" else spread.clamp(min=0))

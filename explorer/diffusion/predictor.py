"""The one seam between networks and chains: x_t and t in; mean, x0_hat and eps_hat out.

Faster engines, other people's networks and the exact process go behind `Predictor`; chains never see more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import torch
from torch import Tensor

from explorer.diffusion.parameterization import Option, Prediction, complete
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.schedule import Schedule


class Predictor(Protocol):
    """What a chain asks at every step.

    Attributes
    ----------
    schedule : Schedule
        Timesteps and noise levels that t refers to.
    """

    schedule: Schedule

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: bool) -> Prediction:
        """Prediction for the step from x_t.

        Parameters
        ----------
        x_t : Tensor, shape (N, C, H, W), float32
        t : int
            Timestep in 1..T.
        step : Posterior
            The step that the chain is about to take.
        clip : bool
            Keep x0_hat in [-1, 1].
        """
        ...


class NetworkPredictor:
    """A network under one option, on any device, in any arithmetic; predictions are float32.

    Parameters
    ----------
    network : callable
        (x_t, t of shape (N,)) -> output of x_t's shape.
    option : Option
        What the output means.
    schedule : Schedule
        The schedule that the network was trained on.
    arithmetic : callable
        Makes the context that the network runs in, such as an autocast.
    up_to : int or None
        Largest timestep at which it runs in that context, above it as it is; None for all.
    name : str
        Where it is from, for messages.
    """

    def __init__(
        self,
        network: Callable[[Tensor, Tensor], Tensor],
        option: Option,
        schedule: Schedule,
        arithmetic: Callable[[], AbstractContextManager[object]] = nullcontext,
        up_to: int | None = None,
        name: str = "a lane",
    ) -> None:
        self.name = name
        self.network, self.option, self.schedule, self.arithmetic = network, option, schedule, arithmetic
        self.up_to = schedule.T if up_to is None else up_to

    def arithmetic_at(self, t: int) -> AbstractContextManager[object]:
        """The context that the network runs in at timestep t."""
        return self.arithmetic() if t <= self.up_to else nullcontext()

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: bool) -> Prediction:
        """As `Predictor.predict`."""
        times = torch.full((len(x_t),), t, device=x_t.device, dtype=torch.int64)
        with self.arithmetic_at(t):
            output = self.network(x_t, times)
        levels = self.schedule.alpha_bar
        native = posterior(float(levels[t]), float(levels[t - 1]))
        return complete(self.option, output.to(x_t.dtype), x_t, step, native, clip)

"""The one seam between networks and chains: x_t and t in; mean, x0_hat and eps_hat out.

Faster engines, other people's networks and the exact process go behind `Predictor`; chains never see more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from explorer.diffusion.parameterization import Option, Prediction, complete
from explorer.diffusion.posterior import Posterior, posterior
from explorer.diffusion.schedule import Schedule

Run = Callable[[Tensor, Tensor], Tensor]


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
    """A network under one option, however it is run; predictions are of x_t's type.

    Parameters
    ----------
    run : callable
        (x_t, t of shape (N,)) -> output of x_t's shape: the network, or what a backend made of it.
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
        self._levels: list[float] = schedule.alpha_bar.tolist()

    def run_at(self, t: int) -> Run:
        """What is asked at timestep t."""
        return self.fast if self.fast is not None and t <= self.up_to else self.run

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: bool) -> Prediction:
        """As `Predictor.predict`."""
        times = torch.full((len(x_t),), t, device=x_t.device, dtype=torch.int64)
        output = self.run_at(t)(x_t, times)
        native = posterior(self._levels[t], self._levels[t - 1])
        return complete(self.option, output.to(x_t.dtype), x_t, step, native, clip)

"""The forward process step by step, and the noise of Property 1 that leads to the same x_t.

A walk takes x_s = sqrt(alpha_s) x_{s-1} + sqrt(beta_s) eps_s for s = 1..t. Unrolled,

    x_t = sqrt(alpha_bar_t) x_0 + sum_s sqrt(beta_s alpha_bar_t / alpha_bar_s) eps_s

and the squares of the weights add up to 1 - alpha_bar_t, since beta_s / alpha_bar_s = 1 / alpha_bar_s - 1 / alpha_bar_{s-1}.
So the weighted sum of the steps' noises is sqrt(1 - alpha_bar_t) times one standard normal eps: that of Property 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.diffusion.noise import noise_array
from explorer.diffusion.schedule import Schedule

STEPS = 2**31
"""Stream of the noises of the steps: apart from that of chains and of their branches."""


KEPT_BYTES = 2**28
"""Of the states of a walk; of a large image every second, third … is kept, and those between are walked again."""
NOISE_BYTES = 2**26
"""Of the noises of all steps, where they are kept, too."""
AT_A_TIME = 2**20
"""Numbers between two cancel points."""


class StepNoises:
    """eps_1, eps_2, … of one image: a pure function of (seed, s, shape).

    Raises
    ------
    ValueError
        If the seed is out of range.
    """

    def __init__(self, seed: int, T: int, shape: tuple[int, ...]) -> None:
        self.seed, self.shape = seed, shape
        self._kept: dict[int, Tensor] | None = {} if 4 * T * math.prod(shape) <= NOISE_BYTES else None

    def at(self, s: int) -> Tensor:
        """eps_s, of one image's shape, float32."""
        if self._kept is None:
            return self._made(s)
        if s not in self._kept:
            self._kept[s] = self._made(s)
        return self._kept[s]

    def _made(self, s: int) -> Tensor:
        return torch.from_numpy(noise_array(self.seed, 0, s, self.shape, STEPS))


class Walk:
    """x_0 .. x_T by steps of q(x_s | x_{s-1}), and beside them the noise of Property 1, each by a sum of its own.

    Parameters
    ----------
    schedule : Schedule
    x0 : Tensor
        Of any shape.
    noises : StepNoises
    budget : int
        Bytes of the states that are kept.

    Attributes
    ----------
    stride : int
        Every so many states one is kept.
    """

    def __init__(self, schedule: Schedule, x0: Tensor, noises: StepNoises, budget: int = KEPT_BYTES) -> None:
        self._schedule, self.noises = schedule, noises
        self.stride = max(1, -(-(schedule.T + 1) * x0.numel() * 16 // budget))
        self._keeps, self._adds = (1 - schedule.betas).sqrt().tolist(), schedule.betas.sqrt().tolist()
        self._weighs = (schedule.betas / schedule.alpha_bar[1:]).sqrt().tolist()
        # of each kept state x_t, and sum_s sqrt(beta_s / alpha_bar_s) eps_s
        self._kept = torch.zeros(1 + schedule.T // self.stride, 2, *x0.shape, dtype=torch.float64)
        self._kept[0, 0] = x0

    def walk(self) -> Iterator[None]:
        """Walk it to its end, once; None at cancel points."""
        pair, numbers = self._kept[0].clone(), 0
        for s in range(1, self._schedule.T + 1):
            self._step(pair, s)
            if s % self.stride == 0:
                self._kept[s // self.stride] = pair
            numbers += pair[0].numel()
            if numbers >= AT_A_TIME:
                numbers = 0
                yield

    def _step(self, pair: Tensor, s: int) -> None:
        eps = self.noises.at(s).double()
        pair[0].mul_(self._keeps[s - 1]).add_(eps, alpha=self._adds[s - 1])
        pair[1].add_(eps, alpha=self._weighs[s - 1])

    def _pair(self, t: int) -> Tensor:
        pair = self._kept[t // self.stride]
        if t % self.stride:
            pair = pair.clone()
            for s in range(t - t % self.stride + 1, t + 1):
                self._step(pair, s)
        return pair

    def state(self, t: int) -> Tensor:
        """x_t by steps, float64; t in 0..T."""
        return self._pair(t)[0]

    def total_noise(self, t: int) -> Tensor:
        """The standard normal eps with which Property 1 gives the same x_t, float64; at t = 0 there is no noise yet, and 0 is given."""
        level = float(self._schedule.alpha_bar[t])
        return self._pair(t)[1] * (math.sqrt(level / (1 - level)) if t else 0.0)


def noise_weights(schedule: Schedule, t: int) -> Tensor:
    """Weight of eps_1 .. eps_t in the eps of Property 1, shape (t,), float64; their squares add up to 1.

    w_s = sqrt( beta_s alpha_bar_t / (alpha_bar_s (1 - alpha_bar_t)) ).
    """
    levels = schedule.alpha_bar
    return (schedule.betas[:t] * (levels[t] / levels[1 : t + 1]) / (1 - levels[t])).sqrt()

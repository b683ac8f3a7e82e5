"""Noise schedules: alpha_bar for every timestep, and its sub-sequences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

LINEAR_BETA_FIRST = 1e-4
LINEAR_BETA_LAST = 0.02
COSINE_OFFSET = 0.008
COSINE_BETA_MAX = 0.999


class ScheduleError(ValueError):
    """A schedule that no diffusion process can have."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """The forward process: ``betas[t - 1]`` is the variance added at timestep t.

    Attributes
    ----------
    betas : Tensor, shape (T,), float64
        beta_t = 1 - alpha_t for t = 1..T, each in (0, 1).
    name : str
        "linear", "cosine" or "betas"; what a checkpoint's metadata says.
    start : float
        alpha_bar_0, in (0, 1]: less than 1 where a chain ends, without noise in its last step, at images that have some noise still, as
        those of programs whose first beta comes before their first timestep.
    """

    betas: Tensor
    name: str = "betas"
    start: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is not a schedule.

        Raises
        ------
        ScheduleError
            If there is no beta, one is not finite or not in (0, 1), alpha_bar reaches 0, or a beta is too small to change it.
        """
        betas = self.betas
        if not 0 < self.start <= 1:
            raise ScheduleError(f"alpha_bar_0 = {self.start:g} is not in (0, 1]")
        if betas.ndim != 1 or betas.numel() == 0:
            raise ScheduleError("a schedule needs a list of at least one beta")
        if betas.dtype != torch.float64:
            raise ScheduleError("a schedule's betas are float64")
        if not torch.isfinite(betas).all():
            raise ScheduleError("a schedule's betas must be finite")
        outside = ~((betas > 0) & (betas < 1))
        if outside.any():
            t = int(outside.nonzero()[0]) + 1
            raise ScheduleError(f"beta_{t} = {float(betas[t - 1]):g} is not in (0, 1)")
        if float(self.alpha_bar[-1]) <= 0:
            raise ScheduleError("alpha_bar underflows to 0 before the last timestep")
        unchanged = self.alpha_bar[1:] >= self.alpha_bar[:-1]
        if unchanged.any():
            t = int(unchanged.nonzero()[0]) + 1
            raise ScheduleError(f"beta_{t} = {float(betas[t - 1]):g} is too small: alpha_bar stays as it is")

    @property
    def T(self) -> int:
        """Number of timesteps."""
        return self.betas.numel()

    @cached_property
    def alpha_bar(self) -> Tensor:
        """alpha_bar_t = alpha_bar_0 prod_{s <= t} alpha_s, shape (T + 1,), float64; alpha_bar[0] = `start`, which is 1 as a rule."""
        one = torch.ones(1, dtype=torch.float64)
        return self.start * torch.cat([one, torch.cumprod(1 - self.betas, dim=0)])


def linear(T: int = 1000) -> Schedule:
    """Betas from 1e-4 to 0.02, rescaled by 1000 / T (Ho et al. 2020, section 4)."""
    _check_length(T)
    scale = 1000 / T
    betas = torch.linspace(LINEAR_BETA_FIRST * scale, LINEAR_BETA_LAST * scale, T, dtype=torch.float64)
    return Schedule(betas, "linear")


def cosine(T: int = 1000) -> Schedule:
    """Cosine alpha_bar, betas at most 0.999 (Nichol and Dhariwal 2021, eq. 17)."""
    _check_length(T)
    u = torch.arange(T + 1, dtype=torch.float64) / T
    f = torch.cos((u + COSINE_OFFSET) / (1 + COSINE_OFFSET) * math.pi / 2) ** 2
    betas = (1 - f[1:] / f[:-1]).clamp(max=COSINE_BETA_MAX)
    return Schedule(betas, "cosine")


def from_betas(betas: Sequence[float], start: float = 1.0) -> Schedule:
    """Schedule of a checkpoint's own betas (beta_1..beta_T), and alpha_bar_0."""
    return Schedule(torch.tensor(list(betas), dtype=torch.float64), "betas", start)


def named(name: str, T: int) -> Schedule:
    """Schedule called `name` ("linear" or "cosine") with T timesteps.

    Raises
    ------
    ScheduleError
        If there is no schedule of that name or T is too small for it.
    """
    makers = {"linear": linear, "cosine": cosine}
    if name not in makers:
        raise ScheduleError(f"no schedule named {name!r}; there are {', '.join(makers)}")
    return makers[name](T)


def _check_length(T: int) -> None:
    if T < 1:
        raise ScheduleError(f"T must be at least 1, not {T}")

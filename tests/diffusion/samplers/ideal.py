"""The ideal denoiser of a few images in float64: a field without error, over which samplers can be measured."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from explorer.diffusion.parameterization import Option
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.schedule import Schedule

SHAPE, N = (1, 4, 4), 3


def images() -> Tensor:
    return torch.rand(5, *SHAPE, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 2 - 1


def ideal_x0(x_t: Tensor, alpha_bar: float) -> Tensor:
    """E[x_0 | x_t] of the images."""
    distance = (x_t[:, None] - math.sqrt(alpha_bar) * images()[None]).flatten(2).square().sum(2)
    return torch.einsum("ni,ichw->nchw", torch.softmax(-distance / (2 * (1 - alpha_bar)), dim=1), images())


def ideal(schedule: Schedule, wrong: float = 1.0) -> NetworkPredictor:
    """A predictor that says it, times `wrong`: above 1 there is something to clip."""
    levels = schedule.alpha_bar.tolist()
    return NetworkPredictor(lambda x_t, times: wrong * ideal_x0(x_t, levels[int(times[0])]), Option.B, schedule)

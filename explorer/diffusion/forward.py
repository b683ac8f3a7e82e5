"""The forward process q: images to noise."""

from __future__ import annotations

import math

from torch import Tensor

from explorer.diffusion.schedule import Schedule


def per_sample(values: Tensor, like: Tensor) -> Tensor:
    """Shape (N,) coefficients to (N, 1, ...) on `like`'s device and in its dtype."""
    return values.to(like.device, like.dtype).reshape(-1, *[1] * (like.ndim - 1))


def q_sample(schedule: Schedule, x0: Tensor, t: Tensor, eps: Tensor) -> Tensor:
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps (lecture, Property 1).

    Parameters
    ----------
    x0, eps : Tensor, shape (N, ...)
        Images in [-1, 1] and standard normal noise.
    t : Tensor of int64, shape (N,)
        Timesteps in 0..T.
    """
    alpha_bar = schedule.alpha_bar[t.cpu()]
    return per_sample(alpha_bar.sqrt(), x0) * x0 + per_sample((1 - alpha_bar).sqrt(), x0) * eps


def noised(x: Tensor, kept: float, eps: Tensor) -> Tensor:
    """sqrt(kept) x + sqrt(1 - kept) eps.

    Of images, with kept = alpha_bar_t, that is x_t (Property 1); of x_{t-1}, with kept = alpha_t, one step of the forward chain.

    Parameters
    ----------
    x, eps : Tensor, same shape
        Images or states, and standard normal noise.
    kept : float
        In [0, 1].
    """
    return math.sqrt(kept) * x + math.sqrt(1 - kept) * eps

"""The forward process step by step, and the noise of Property 1 that leads to the same x_t.

A walk takes x_s = sqrt(alpha_s) x_{s-1} + sqrt(beta_s) eps_s for s = 1..t. Unrolled,

    x_t = sqrt(alpha_bar_t) x_0 + sum_s sqrt(beta_s alpha_bar_t / alpha_bar_s) eps_s

and the squares of the weights add up to 1 - alpha_bar_t, since beta_s / alpha_bar_s = 1 / alpha_bar_s - 1 / alpha_bar_{s-1}.
So the weighted sum of the steps' noises is sqrt(1 - alpha_bar_t) times one standard normal eps: that of Property 1.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.diffusion.noise import noise_array
from explorer.diffusion.schedule import Schedule

STEPS = 2**31
"""Stream of the noises of the steps: apart from that of chains and of their branches."""


def step_noises(seed: int, T: int, shape: tuple[int, ...], index: int = 0) -> Tensor:
    """eps_1 .. eps_T of one image, shape (T, *shape), float32: a pure function of (seed, index, s, shape).

    Raises
    ------
    ValueError
        If the seed or the index is out of range.
    """
    noises = torch.empty(T, *shape)
    for s in range(1, T + 1):
        noises[s - 1] = torch.from_numpy(noise_array(seed, index, s, shape, STEPS))
    return noises


def walk(schedule: Schedule, x0: Tensor, noises: Tensor) -> Tensor:
    """x_0 .. x_T by steps of q(x_s | x_{s-1}), shape (T + 1, *x0.shape), in x0's dtype.

    Parameters
    ----------
    x0 : Tensor
    noises : Tensor, shape (T, *x0.shape)
        eps_s at index s - 1.
    """
    states = torch.empty(schedule.T + 1, *x0.shape, dtype=x0.dtype)
    states[0] = x0
    kept, added = (1 - schedule.betas).sqrt().tolist(), schedule.betas.sqrt()
    torch.mul(noises, added.reshape(-1, *[1] * x0.ndim), out=states[1:])
    for before, after, a in zip(states[:-1], states[1:], kept, strict=True):
        after.add_(before, alpha=a)
    return states


def noise_weights(schedule: Schedule, t: int) -> Tensor:
    """Weight of eps_1 .. eps_t in the eps of Property 1, shape (t,), float64; their squares add up to 1.

    w_s = sqrt( beta_s alpha_bar_t / (alpha_bar_s (1 - alpha_bar_t)) ).
    """
    levels = schedule.alpha_bar
    return (schedule.betas[:t] * (levels[t] / levels[1 : t + 1]) / (1 - levels[t])).sqrt()


def total_noise(schedule: Schedule, noises: Tensor, t: int) -> Tensor:
    """The standard normal eps with which Property 1 gives the x_t of the walk, float64, shape of one noise.

    Parameters
    ----------
    noises : Tensor, shape (T, ...)
        eps_s at index s - 1.
    t : int
        In 0..T; at 0 there is no noise yet, and 0 is given.
    """
    if t == 0:
        return torch.zeros(noises.shape[1:], dtype=torch.float64)
    flat = noises[:t].reshape(t, -1).to(torch.float64)
    return (noise_weights(schedule, t) @ flat).reshape(noises.shape[1:])

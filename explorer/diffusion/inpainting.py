"""Inpainting with an unconditional model: RePaint (Lugmayr et al. 2022, algorithm 1).

At every step the region to be made comes from the network, the rest from what is known of it, at the same noise
level; to let the two agree the step is taken several times, with a jump back of one forward step in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from explorer.diffusion.forward import noised
from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.posterior import Posterior
from explorer.diffusion.predictor import Predictor

Known = Callable[[int, int], Tensor]


def as_it_is(predictor: Predictor, u: int) -> Predictor:
    """The same predictor for every repetition."""
    return predictor


@dataclass(frozen=True, eq=False)
class Inpainting:
    """What is made anew, and where the rest comes from.

    Attributes
    ----------
    start, end : int
        Indices of the steps start <= k < end in which it happens.
    erased : Tensor of bool, broadcasts to (N, C, H, W)
        True is made by the network.
    known : callable
        (k, u) -> the rest at state k for repetition u, shape (N, C, H, W).
    repeats : int
        How often every step is taken; 1 does not jump back.
    again : callable
        (t, u) -> z of repetition u of the step from t, standard normal.
    jump : callable
        (t, u) -> noise of the jump back to t before repetition u >= 1, standard normal.
    redrawn : callable
        (predictor, u) -> the predictor of repetition u: where its steps draw, they draw with other numbers each time.
    """

    start: int
    end: int
    erased: Tensor
    known: Known
    repeats: int
    again: Callable[[int, int], Tensor]
    jump: Callable[[int, int], Tensor]
    redrawn: Callable[[Predictor, int], Predictor] = as_it_is


def repaint(
    inpainting: Inpainting, there: int, t: int, t_prev: int, step: Posterior, first: Tensor, around: Callable[[Tensor, int], Prediction]
) -> Tensor:
    """The next state of an inpainted chain, shape (N, C, H, W).

    Parameters
    ----------
    there, t, t_prev : int
        The step from t to state `there`, at t_prev.
    step : Posterior
    first : Tensor
        What the network makes of x_t: repetition 0.
    around : callable
        (x_t, u) -> what x_{t-1} is drawn by in repetition u.
    """
    x_prev = torch.where(inpainting.erased, first, inpainting.known(there, 0))
    if t_prev == 0:
        return x_prev  # as in the paper, the last step is taken once
    for u in range(1, inpainting.repeats):
        x_t = noised(x_prev, step.alpha, inpainting.jump(t, u))  # one forward step, which `step` undoes
        made = around(x_t, u).next_state(step, partial(inpainting.again, t, u))
        x_prev = torch.where(inpainting.erased, made, inpainting.known(there, u))
    return x_prev

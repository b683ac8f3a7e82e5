"""The one-dimensional chain of the Forward workspace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.forward import Chain1D, ForwardSchedule


@dataclass(frozen=True, slots=True)
class ShowChain1D(Payload):
    """The one-dimensional chain at t. Answer: Chain1DShown."""

    answered_by = "explorer.engine.forward.asides:show_chain"

    chain: Chain1D
    schedule: ForwardSchedule
    seed: int
    t: int


@dataclass(frozen=True, slots=True, eq=False)
class BackStep1D:
    """q(x_s | x_t) at one x_t.

    Attributes
    ----------
    s : int
    beta : float
        1 - alpha_bar_t / alpha_bar_s.
    x, density, gaussian : ndarray, shape (M,)
        It, and the Gaussian of its mean and variance.
    distance, kl : float
        Total variation and KL (nats) between the two.
    """

    s: int
    beta: float
    x: np.ndarray
    density: np.ndarray
    gaussian: np.ndarray
    distance: float
    kl: float


@dataclass(frozen=True, slots=True, eq=False)
class Chain1DShown(Outcome):
    """Answer to ShowChain1D.

    Attributes
    ----------
    t, T : int
    times : ndarray, shape (C,)
        Timesteps of the map's columns, from 0 to T.
    x : ndarray, shape (R,)
    map : ndarray, shape (R, C), float32
        q(x_t) in each column, over its largest value.
    forward, backward : ndarray, shape (C, N), float32
        Paths at `times`: noised step by step, and drawn by the exact reverse.
    now : ndarray, shape (R,)
        q(x_t) at t.
    steps : tuple of BackStep1D
        The small step, and the large one; empty at t = 0.
    scan : ndarray, shape (S, 2)
        beta of a step from t, and its total variation from a Gaussian.
    """

    t: int
    T: int
    times: np.ndarray
    x: np.ndarray
    map: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    now: np.ndarray
    steps: tuple[BackStep1D, ...]
    scan: np.ndarray

"""A ddpm of codes seen on a plane of them: x = (z - m) / s in each dimension, so that z_t = m + s x_t."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

MOST_PIXELS = 2**24
"""Of all pictures of one process together: of more states, every second, third, ... is decoded."""


def shown_states(K: int, count: int, image_shape: tuple[int, int, int]) -> tuple[int, ...]:
    """Numbers of the states of a chain of K steps that are decoded: all, or evenly spaced ones from the first to the last.

    Parameters
    ----------
    count : int
        Samples.
    image_shape : (C, H, W)
        Of a decoding.
    """
    wanted = max(2, min(K + 1, MOST_PIXELS // (count * image_shape[1] * image_shape[2])))
    return tuple(sorted({round(number) for number in np.linspace(0, K, wanted).tolist()}))


def score(eps_hat: Tensor, alpha_bar: float) -> Tensor:
    """grad_x log p_t(x) = -eps_hat / sqrt(1 - alpha_bar_t), of eps_hat's shape: what the network's noise says of the density of x_t.

    Parameters
    ----------
    eps_hat : Tensor
        E[eps | x_t], of any shape.
    alpha_bar : float
        In [0, 1).
    """
    return -eps_hat / (1 - alpha_bar) ** 0.5


def score_along(of_x: np.ndarray, std: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Scores (N, 2) of z_t along a plane's axes (2, d), of scores (N, d) of x_t: grad_z log p_t = (1 / s) grad_x log p_t."""
    along: np.ndarray = (np.asarray(of_x, np.float64) / np.asarray(std, np.float64)) @ np.asarray(axes, np.float64).T
    return along

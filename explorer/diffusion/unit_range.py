"""A network that was trained on images in [0, 1], asked in a chain of images in [-1, 1]. No torch.

Its states are x' = sqrt(ab) x0' + sqrt(1 - ab) eps with x0' = (x0 + 1) / 2. So u = (2 x' - sqrt(ab)) / c with c^2 = ab + 4 (1 - ab)
is sqrt(ab_u) x0 + sqrt(1 - ab_u) eps with ab_u = ab / c^2: a DDPM of x0 in [-1, 1] with the same noise, whose posterior is that of x' to
the last digit. Chains walk u; the network is asked x'.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Levels = np.ndarray


def betas_here(betas: np.ndarray) -> np.ndarray:
    """beta_1..beta_T of u, of those of x', float64."""
    alpha_bar = np.cumprod(1 - np.asarray(betas, np.float64))
    levels = alpha_bar / (alpha_bar + 4 * (1 - alpha_bar))
    return 1 - levels / np.concatenate([[1.0], levels[:-1]])


def their_alpha_bar(levels: np.ndarray) -> np.ndarray:
    """alpha_bar of x' for levels of u."""
    return 4 * levels / (1 + 3 * levels)


def _scale(alpha_bar: Any) -> Any:
    """How much wider 2 x' - sqrt(ab) is than u."""
    return (alpha_bar + 4 * (1 - alpha_bar)) ** 0.5


def to_theirs(u: Any, alpha_bar: Any) -> Any:
    """x' of u, at a level of x'; arrays or tensors."""
    return (_scale(alpha_bar) * u + alpha_bar**0.5) / 2


def to_ours(x: Any, alpha_bar: Any) -> Any:
    """The state u of x' (also of a mean, at the level that it leads to)."""
    return (2 * x - alpha_bar**0.5) / _scale(alpha_bar)


def output_here(option: str, output: Any, x: Any, alpha_bar: Any, alpha_bar_prev: Any) -> Any:
    """What a network says of x' at a level, as it would be said of u under the same option.

    Parameters
    ----------
    option : "A", "B", "C" or "V"
    output, x : array or tensor
        Of x'.
    alpha_bar, alpha_bar_prev : array, tensor or float
        Levels of x' at this timestep and at the one before, which broadcast to x.
    """
    if option == "C":
        return output
    if option == "B":
        return 2 * output - 1
    if option == "A":
        return to_ours(output, alpha_bar_prev)
    x0 = 2 * (alpha_bar**0.5 * x - (1 - alpha_bar) ** 0.5 * output) - 1
    eps = (1 - alpha_bar) ** 0.5 * x + alpha_bar**0.5 * output
    here = alpha_bar / _scale(alpha_bar) ** 2
    return here**0.5 * eps - (1 - here) ** 0.5 * x0

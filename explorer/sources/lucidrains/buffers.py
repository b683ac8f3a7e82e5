"""What the buffers of such a file say: the schedule, and what the network predicts."""

from __future__ import annotations

from typing import Literal

import numpy as np

from explorer.checkpoints.card import ScheduleCard

CLOSE = 1e-4
"""Relative, of betas: the library makes some in float32."""


def schedule_of(betas: np.ndarray) -> ScheduleCard:
    """Its schedule, by name where it is one that has a formula: that is exact, and the file has float32.

    Raises
    ------
    ValueError
        If a beta is not in (0, 1).
    """
    betas = betas.astype(np.float64)
    T = len(betas)
    if not T or not ((betas > 0) & (betas < 1)).all():
        raise ValueError("its betas are not in (0, 1)")
    for name, known in (("linear", linear(T)), ("cosine", cosine(T)), ("sigmoid", sigmoid(T))):
        if np.allclose(betas, known, rtol=CLOSE):
            return ScheduleCard(name, T, None if name != "sigmoid" else tuple(betas.tolist()))
    return ScheduleCard("betas", T, tuple(betas.tolist()))


def linear(T: int) -> np.ndarray:
    """Betas from 1e-4 to 0.02, rescaled by 1000 / T."""
    return np.linspace(1e-4, 0.02, T) * (1000 / T)


def cosine(T: int) -> np.ndarray:
    """Nichol and Dhariwal 2021, eq. 17."""
    return _betas(np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2)


def sigmoid(T: int) -> np.ndarray:
    """Jabri et al. 2022, with start -3, end 3 and tau 1: alpha_bar falls as a sigmoid does."""
    value = 1 / (1 + np.exp(-np.linspace(-3, 3, T + 1)))
    return _betas(value[-1] - value)


def _betas(levels: np.ndarray) -> np.ndarray:
    return np.minimum(1 - levels[1:] / levels[:-1], 0.999)


def objective_of(weights: np.ndarray, betas: np.ndarray) -> Literal["B", "C", "V"]:
    """What the network predicts, by how its loss weighs timesteps.

    With the signal to noise ratio s that is 1 for the noise, s for x_0 and s / (s + 1) for v; with s cut at some number, min(s, cut) / s,
    min(s, cut) and min(s, cut) / (s + 1) (min-SNR, Hang et al. 2023).

    Raises
    ------
    ValueError
        If it weighs them in another way.
    """
    alpha_bar = np.cumprod(1 - betas.astype(np.float64))
    snr = alpha_bar / (1 - alpha_bar)
    weights = weights.astype(np.float64)
    for option, plain in (("C", np.ones_like(snr)), ("B", snr), ("V", snr / (snr + 1))):
        if np.allclose(weights, plain, rtol=1e-3, atol=1e-6):
            return option  # type: ignore[return-value]
    for option, scale in (("C", 1 / snr), ("B", np.ones_like(snr)), ("V", 1 / (snr + 1))):
        cut = weights / scale
        most = cut.max()
        if np.allclose(cut, np.minimum(snr, most), rtol=1e-3, atol=1e-6):
            return option  # type: ignore[return-value]
    raise ValueError("its loss_weight is none of those for the noise, x_0 and v")

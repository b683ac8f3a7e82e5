"""A Gaussian q fitted to p by gradient steps on KL(q || p), which seeks a mode, or on KL(p || q), which covers the mass. Numpy alone."""

from __future__ import annotations

from typing import Literal

import numpy as np

from explorer.variational.densities import Gaussian, Grid, Mixture

Direction = Literal["q||p", "p||q"]
MOST_MOVE = 0.25
"""Largest change of a parameter in one step: where p is all but 0 under q the gradient of KL(q || p) is as large as one likes."""
LEAST_SD = 0.02


Logs = tuple[np.ndarray, np.ndarray]


def step(q: Gaussian, p: Mixture, direction: Direction, rate: float, places: Grid, logs: Logs | None = None) -> Gaussian:
    """q after one step down the gradient of KL in the mean and the Cholesky factor, its diagonal by logarithm.

    Parameters
    ----------
    q : Gaussian
    p : Mixture
    direction : "q||p" or "p||q"
    rate : float
        Greater than 0.
    places : Grid
        On which the integrals are taken.
    logs : tuple of ndarray of shape (N,), or None
        Log densities of q and of p at the places, where they are known already.
    """
    of_mean, of_root = gradient(q, p, direction, places, logs)
    d = len(q.mean)
    on, below = np.arange(d), np.tril_indices(d, -1)
    root = q.root.copy()
    root[below] -= _limited(rate * of_root[below])
    root[on, on] = np.maximum(root[on, on] * np.exp(-_limited(rate * of_root[on, on])), LEAST_SD)
    return Gaussian(q.mean - _limited(rate * of_mean), root)


def gradient(q: Gaussian, p: Mixture, direction: Direction, places: Grid, logs: Logs | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of KL in the mean (d,) and in the Cholesky factor (d, d), on its diagonal in the logarithm.

    With the score s = d log q / d parameter:  d KL(p || q) = -E_p[s],  d KL(q || p) = E_q[s (log q - log p)]. `logs` as of `step`.
    """
    log_q, log_p = logs or (q.log_density(places.points), p.log_density(places.points))
    weight = -np.exp(log_p) if direction == "p||q" else np.exp(log_q) * (log_q - log_p)
    weight = weight * places.cell
    if direction == "q||p":
        weight -= np.exp(log_q) * places.cell * weight.sum()  # the score has mean 0 under q: this takes noise of the grid out
    y = q.standardized(places.points)
    pulled = np.linalg.solve(q.root.T, y.T)  # L^-T y: the score of the mean, (d, N)
    of_mean = pulled @ weight
    of_root = np.tril(np.einsum("n,in,nj->ij", weight, pulled, y))
    on = np.arange(len(q.mean))
    of_root[on, on] = of_root[on, on] * q.root[on, on] - weight.sum()
    return of_mean, of_root


def _limited(move: np.ndarray) -> np.ndarray:
    return np.clip(move, -MOST_MOVE, MOST_MOVE)

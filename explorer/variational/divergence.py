"""KL(q || p) = E_q[log q - log p] >= 0, by its integral and, between Gaussians, in closed form. Numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from explorer.variational.densities import Gaussian, Grid


class Density(Protocol):
    """Has a density everywhere."""

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Log density at points (N, d), shape (N,)."""
        ...


@dataclass(frozen=True)
class Divergence:
    """KL(first || second) on a grid.

    Attributes
    ----------
    value : float
        In nats.
    integrand : ndarray, shape (N,)
        first (log first - log second): what the integral adds up; where it is negative the second is the larger.
    """

    value: float
    integrand: np.ndarray


def divergence(first: Density, second: Density, places: Grid) -> Divergence:
    """KL(first || second), for densities that lie within the grid but for what does not matter."""
    return of_logs(first.log_density(places.points), second.log_density(places.points), places)


def of_logs(log_first: np.ndarray, log_second: np.ndarray, places: Grid) -> Divergence:
    """KL(first || second) from both log densities at the grid's points, shape (N,) each."""
    integrand = np.exp(log_first) * (log_first - log_second)
    return Divergence(float(integrand.sum() * places.cell), integrand)


def between_gaussians(first: Gaussian, second: Gaussian) -> float:
    """KL(N(m1, S1) || N(m2, S2)) = 1/2 ( tr(S2^-1 S1) + (m2 - m1)^T S2^-1 (m2 - m1) - d + log det S2 - log det S1 ), nats."""
    apart = second.standardized(first.mean[None])[0]
    ratio = np.linalg.solve(second.root, first.root)
    logs = np.log(np.diag(second.root)).sum() - np.log(np.diag(first.root)).sum()
    return float(0.5 * ((ratio**2).sum() + (apart**2).sum() - len(apart)) + logs)

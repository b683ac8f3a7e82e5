"""Gaussians and mixtures of them in one or two dimensions, as a person drags them. Numpy alone, float64."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gaussian:
    """N(mean, L L^T) of d dimensions.

    Attributes
    ----------
    mean : ndarray, shape (d,)
    root : ndarray, shape (d, d)
        L, lower triangular with a positive diagonal.
    """

    mean: np.ndarray
    root: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """L L^T, shape (d, d)."""
        return self.root @ self.root.T

    def standardized(self, x: np.ndarray) -> np.ndarray:
        """L^-1 (x - mean) of points (N, d), shape (N, d)."""
        apart = (x - self.mean).T
        y = np.empty(apart.shape)
        y[0] = apart[0] / self.root[0, 0]
        if len(y) == 2:  # forward substitution: a general solver takes several times as long over a plane's points
            y[1] = (apart[1] - self.root[1, 0] * y[0]) / self.root[1, 1]
        return y.T

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Log density at points (N, d), shape (N,)."""
        y = self.standardized(x)
        d = len(self.mean)
        return -0.5 * (y**2).sum(1) - float(np.log(np.diag(self.root)).sum()) - 0.5 * d * math.log(2 * math.pi)


def gaussian(mean: Sequence[float], sds: Sequence[float], correlation: float = 0.0) -> Gaussian:
    """Gaussian of these means and standard deviations.

    Parameters
    ----------
    mean, sds : sequence of d floats
        d is 1 or 2; standard deviations are greater than 0.
    correlation : float
        Of the two dimensions, in (-1, 1).

    Raises
    ------
    ValueError
        If that is no Gaussian.
    """
    centre, spread = np.asarray(mean, np.float64), np.asarray(sds, np.float64)
    if centre.shape != spread.shape or centre.shape not in ((1,), (2,)):
        raise ValueError("a Gaussian here has one or two dimensions")
    if not (np.isfinite(centre).all() and np.isfinite(spread).all() and (spread > 0).all() and -1 < correlation < 1):
        raise ValueError("a Gaussian has a finite mean, positive standard deviations, and a correlation in (-1, 1)")
    root = np.diag(spread)
    if len(centre) == 2:
        root[1] = spread[1] * correlation, spread[1] * math.sqrt(1 - correlation**2)
    return Gaussian(centre, root)


@dataclass(frozen=True)
class Mixture:
    """sum_k w_k N_k, the weights positive and adding up to 1."""

    weights: np.ndarray
    parts: tuple[Gaussian, ...]

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """Log density at points (N, d), shape (N,)."""
        logs = np.stack([math.log(w) + part.log_density(x) for w, part in zip(self.weights.tolist(), self.parts, strict=True)])
        top = logs.max(0)
        return top + np.log(np.exp(logs - top).sum(0))

    @property
    def mean(self) -> np.ndarray:
        """Shape (d,)."""
        return np.sum([w * part.mean for w, part in zip(self.weights, self.parts, strict=True)], axis=0)

    @property
    def covariance(self) -> np.ndarray:
        """Shape (d, d): that within the parts, and that between their means."""
        centre = self.mean
        return np.sum(
            [
                w * (part.covariance + np.outer(part.mean - centre, part.mean - centre))
                for w, part in zip(self.weights, self.parts, strict=True)
            ],
            axis=0,
        )


def mixture(parts: Sequence[Gaussian], weights: Sequence[float]) -> Mixture:
    """Mixture of at least one Gaussian; weights count against each other (ValueError if one is not positive)."""
    shares = np.asarray(weights, np.float64)
    if not parts or len(shares) != len(parts) or not (np.isfinite(shares).all() and (shares > 0).all()):
        raise ValueError("a mixture has a positive weight for each of its parts")
    return Mixture(shares / shares.sum(), tuple(parts))


@dataclass(frozen=True)
class Grid:
    """Places at which densities are summed: midpoints of even cells.

    Attributes
    ----------
    axes : tuple of ndarray
        Midpoints along each dimension.
    points : ndarray, shape (N, d)
        All of them, the last dimension running fastest.
    cell : float
        Length or area of one.
    """

    axes: tuple[np.ndarray, ...]
    points: np.ndarray
    cell: float


def grid(reach: float, cells: int, dimensions: int) -> Grid:
    """Even cells, so many along each of the dimensions, over [-reach, reach]."""
    edges = np.linspace(-reach, reach, cells + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    width = 2 * reach / cells
    places = np.stack([axis.ravel() for axis in np.meshgrid(*(middle,) * dimensions, indexing="ij")], axis=1)
    return Grid((middle,) * dimensions, places, width**dimensions)

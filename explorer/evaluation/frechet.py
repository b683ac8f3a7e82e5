"""The Fréchet distance between two clouds of features, each taken as a Gaussian (Heusel et al. 2017). float64 numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and covariance of a cloud.

    Attributes
    ----------
    count : int
        Points, at least 2.
    mean : ndarray, shape (D,), float64
    covariance : ndarray, shape (D, D), float64
        Unbiased (divided by count - 1).
    """

    count: int
    mean: np.ndarray
    covariance: np.ndarray


def moments(features: np.ndarray) -> Moments:
    """Moments of features (N, D).

    Raises
    ------
    ValueError
        If there are fewer than two, or one is not finite.
    """
    points = np.asarray(features, np.float64)
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"moments need at least two feature vectors, not an array of shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("the features are not finite")
    mean = points.mean(0)
    centred = points - mean
    return Moments(len(points), mean, centred.T @ centred / (len(points) - 1))


def symmetric_root(matrix: np.ndarray) -> np.ndarray:
    """Symmetric square root of a positive semidefinite matrix (D, D); eigenvalues below 0, by rounding, count as 0."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T


def frechet_distance(first: Moments, second: Moments) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2), at least 0.

    The symmetric product has the same trace of the root as (S1 S2)^1/2 and stays real for singular covariances.
    """
    root = symmetric_root(first.covariance)
    eigenvalues = np.linalg.eigvalsh(root @ second.covariance @ root)
    shift = float(np.square(first.mean - second.mean).sum())
    spread = float(np.trace(first.covariance) + np.trace(second.covariance) - 2 * np.sqrt(eigenvalues.clip(min=0)).sum())
    return max(0.0, shift + spread)

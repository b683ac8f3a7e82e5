"""How far figures of N samples would move with N other samples: the bootstrap (Efron 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.evaluation.frechet import Moments, symmetric_root

RESAMPLES = 200
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for a figure.

    Attributes
    ----------
    low, high : float
    standard_error : float
        Standard deviation over the resamples.
    resamples : int
    level : float
        Share of the resamples inside.
    """

    low: float
    high: float
    standard_error: float
    resamples: int = RESAMPLES
    level: float = LEVEL


def distance_interval(
    features: np.ndarray, reference: Moments, value: float, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL
) -> Interval:
    """Interval of the Fréchet distance of features to a reference that is held fixed.

    N of the N features are drawn with replacement, again and again. A distance of fewer different points is larger, so the
    resamples' distances lie above `value` by about its own bias: their spread is put about `value`, at least at 0.

    Parameters
    ----------
    features : ndarray, shape (N, D)
    reference : Moments
    value : float
        The distance of the features as they are.
    seed : int
        Of the resamples.
    """
    found = resampled_distances(features, reference, seed, resamples)
    low, high = _about(value, found, level)
    return Interval(max(0.0, low), high, float(found.std(ddof=1)), resamples, level)


def resampled_distances(features: np.ndarray, reference: Moments, seed: int = 0, resamples: int = RESAMPLES) -> np.ndarray:
    """Distances of the resamples, shape (resamples,). Features of one number and seed are resampled alike."""
    points = np.asarray(features, np.float64)
    shift = points.mean(0) - reference.mean
    points = points - points.mean(0)
    root, trace = symmetric_root(reference.covariance), float(np.trace(reference.covariance))
    found = np.empty(resamples)
    for index, counts in enumerate(_counts(len(points), seed, resamples)):
        mean = counts @ points / len(points)
        covariance = ((points.T * counts) @ points - len(points) * np.outer(mean, mean)) / (len(points) - 1)
        eigenvalues = np.linalg.eigvalsh(root @ covariance @ root)
        spread = trace + np.trace(covariance) - 2 * np.sqrt(eigenvalues.clip(min=0)).sum()
        found[index] = np.square(shift + mean).sum() + spread
    return found


def difference_interval(value: float, first: np.ndarray, second: np.ndarray, level: float = LEVEL) -> Interval:
    """Interval of a difference of two figures from resamples that were drawn alike.

    Parameters
    ----------
    value : float
        first - second, of the samples as they are.
    first, second : ndarray, shape (R,)
        The two figures of the same resamples, such as of samples from the same noise.
    """
    found = first - second
    low, high = _about(value, found, level)
    return Interval(low, high, float(found.std(ddof=1)), len(found), level)


def share_interval(inside: np.ndarray, seed: int = 0, resamples: int = RESAMPLES, level: float = LEVEL) -> Interval:
    """Interval of the share of True in (N,), in [0, 1]."""
    value = float(inside.mean())
    found = np.array([counts @ inside for counts in _counts(len(inside), seed, resamples)]) / len(inside)
    low, high = _about(value, found, level)
    return Interval(max(0.0, low), min(1.0, high), float(found.std(ddof=1)), resamples, level)


def _counts(size: int, seed: int, resamples: int) -> np.ndarray:
    """How often each of `size` things is drawn, (resamples, size)."""
    return np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=resamples)


def _about(value: float, found: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(found - found.mean(), [(1 - level) / 2, (1 + level) / 2])
    return value + float(low), value + float(high)

"""The Fréchet distance that infinitely many samples would have (Chong and Forsyth 2020): that of N is too large by about c / N."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from explorer.evaluation.frechet import Moments, moments, symmetric_root
from explorer.evaluation.jackknife import Jackknifed

PARTS = 3
"""The samples are taken whole, in halves and in thirds."""
LEAST_OF_A_PART = 250
"""Points to a part below which 128 features bend the line."""
BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Extrapolated(Jackknifed):
    """A distance extrapolated to infinitely many samples: where the line through the distances against 1 / n meets 0.

    It may lie below 0 by chance.

    Attributes
    ----------
    slope : float
        c: by how much n samples have a larger distance, times n.
    """

    slope: float


def extrapolated(features: np.ndarray, reference: Moments, blocks: int = BLOCKS) -> Extrapolated:
    """Distances of all N samples, and the mean over halves and thirds, as a line in 1 / n.

    Each part has every second or third sample: every sample counts once at each n, so that the points of the line
    differ by their bias and hardly by chance.

    Parameters
    ----------
    features : ndarray, shape (N, D)
        Independent of each other; at least 2 * PARTS * blocks / (blocks - 1).
    """
    points = np.asarray(features, np.float64)
    root, trace = symmetric_root(reference.covariance), float(np.trace(reference.covariance))

    def line(rows: np.ndarray) -> tuple[float, float]:
        distances = [np.mean([_distance(rows[i::k], reference, root, trace) for i in range(k)]) for k in range(1, PARTS + 1)]
        slope, value = np.polyfit([k / len(rows) for k in range(1, PARTS + 1)], distances, 1)
        return float(value), float(slope)

    edges = np.linspace(0, len(points), blocks + 1).round().astype(int)
    left = [line(np.delete(points, slice(start, end), axis=0))[0] for start, end in pairwise(edges)]
    value, slope = line(points)
    return Extrapolated(value, np.array(left), slope)


def _distance(rows: np.ndarray, reference: Moments, root: np.ndarray, trace: float) -> float:
    found = moments(rows)
    eigenvalues = np.linalg.eigvalsh(root @ found.covariance @ root)
    shift = float(np.square(found.mean - reference.mean).sum())
    return shift + trace + float(np.trace(found.covariance)) - 2 * float(np.sqrt(eigenvalues.clip(min=0)).sum())

"""The kernel distance between two clouds of features (KID, Bińkowski et al. 2018): unbiased however few points. float64 numpy.

Its kernel k(a, b) = (a.b / D + 1)^3 is a polynomial, so that its mean over a cloud is known from the cloud's moments up
to the third: the means over all pairs of 60,000 points take as long as one pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from explorer.evaluation.jackknife import Jackknifed

DEGREE = 3
AT_ONCE = 1 << 25
"""Numbers made at a time where a block of points meets all others."""


def kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """k of every two points (N, D) and (M, D): (N, M), float64."""
    product = np.asarray(first, np.float64) @ np.asarray(second, np.float64).T
    values: np.ndarray = (product / np.shape(first)[1] + 1) ** DEGREE
    return values


@dataclass(frozen=True, eq=False)
class Cloud:
    """Features with the mean of the kernel over them (their mean embedding), as moments.

    Attributes
    ----------
    points : ndarray, shape (N, D), float64
        At least two.
    first, second, third : ndarray, shapes (D,), (D, D) and (D, D, D), float64
        Means of the products of one, two and three coordinates of a point.
    """

    points: np.ndarray
    first: np.ndarray
    second: np.ndarray
    third: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray) -> Cloud:
        """Cloud of features (N, D).

        Raises
        ------
        ValueError
            If there are fewer than two, or one is not finite.
        """
        points = np.ascontiguousarray(features, np.float64)
        if points.ndim != 2 or len(points) < 2:
            raise ValueError(f"a kernel distance needs at least two feature vectors, not an array of shape {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("the features are not finite")
        count, size = points.shape
        third = np.empty((size, size, size))
        for i in range(size):
            part = (points[:, i:] * points[:, i : i + 1]).T @ points[:, i:] / count
            third[i, i:, i:] = third[i:, i, i:] = third[i:, i:, i] = part
        return cls(points, points.mean(0), points.T @ points / count, third)

    def __len__(self) -> int:
        return len(self.points)

    def parted(self, chosen: np.ndarray) -> tuple[Cloud, Cloud]:
        """The cloud of the chosen points (N,) bool and that of the others, whose moments are what remains.

        Raises
        ------
        ValueError
            If either has fewer than two.
        """
        part, rest = Cloud.of(self.points[chosen]), self.points[~chosen]
        if len(rest) < 2:
            raise ValueError("fewer than two points remain")
        moments = zip((self.first, self.second, self.third), (part.first, part.second, part.third), strict=True)
        return part, Cloud(rest, *((len(self) * whole - len(part) * own) / len(rest) for whole, own in moments))

    def mean_kernel(self, at: np.ndarray) -> np.ndarray:
        """Mean of k(a, y) over this cloud's y, for each a of (N, D): (N,)."""
        size = len(self.first)
        flat = self.third.reshape(size, size * size)
        found = np.empty(len(at))
        step = max(1, AT_ONCE // (size * size))
        for start in range(0, len(at), step):
            a = np.asarray(at[start : start + step], np.float64) / size
            cubic = ((a @ flat).reshape(len(a), size, size) @ a[:, :, None])[:, :, 0]
            found[start : start + step] = 1 + 3 * (a @ self.first) + 3 * ((a @ self.second) * a).sum(1) + (cubic * a).sum(1)
        return found

    @cached_property
    def with_others(self) -> np.ndarray:
        """Sum of k(x, y) over all other points y, for each x of the cloud: (N,)."""
        sums: np.ndarray = len(self) * self.mean_kernel(self.points) - _with_itself(self.points)
        return sums

    @cached_property
    def within(self) -> float:
        """Mean of k over every two different points, without bias: from the squares of the moments, and no second pass."""
        n, size = self.points.shape
        moments = (self.first, self.second, self.third)
        mean = 1 + sum(times * float(np.square(m / size ** (m.ndim / 2)).sum()) for times, m in zip((3, 3, 1), moments, strict=True))
        return (n * n * mean - float(_with_itself(self.points).sum())) / (n * (n - 1))


def _with_itself(points: np.ndarray) -> np.ndarray:
    """k(x, x) of each point, shape (N,)."""
    values: np.ndarray = (np.square(points).sum(1) / points.shape[1] + 1) ** DEGREE
    return values


class KernelDistance(Jackknifed):
    """A KID: below 0 by chance where the two clouds are alike, as it is unbiased."""

    __slots__ = ()


def kernel_distance(samples: Cloud, reference: Cloud, blocks: int | None = None) -> KernelDistance:
    """Unbiased squared maximum mean discrepancy: both means within a cloud leave out pairs of a point with itself.

    Parameters
    ----------
    blocks : int, optional
        Neighbours left out together, in so many blocks of alike many; each sample by itself if left out.

    Raises
    ------
    ValueError
        If fewer than two samples remain without a block.
    """
    n = len(samples)
    edges = np.linspace(0, n, (blocks or n) + 1).round().astype(int)
    if n - int(np.diff(edges).max()) < 2:
        raise ValueError(f"{n} samples are too few to leave {blocks or 'one'} out")
    to_reference, total = reference.mean_kernel(samples.points), samples.with_others.sum()
    value = samples.within + reference.within - 2 * to_reference.mean()
    left = []
    for start, end in pairwise(edges):
        rest, inner = n - (end - start), samples.points[start:end]
        among = kernel(inner, inner).sum() - _with_itself(inner).sum()
        pairs = total - 2 * samples.with_others[start:end].sum() + among
        toward = (to_reference.sum() - to_reference[start:end].sum()) / rest
        left.append(pairs / (rest * (rest - 1)) + reference.within - 2 * toward)
    return KernelDistance(float(value), np.array(left))

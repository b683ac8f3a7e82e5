"""Strokes: paths painted on a plane, made smooth and walked at even distances. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Path = Sequence[tuple[float, float]] | np.ndarray
BEND_STEPS = 24
"""New corners to each side of a node that bends a path."""


def length(path: Path) -> float:
    """Length of a path, in latent units."""
    return float(np.linalg.norm(np.diff(np.asarray(path, np.float64), axis=0), axis=1).sum()) if len(path) > 1 else 0.0


def resample(path: Path, count: int) -> np.ndarray:
    """Points at even distances along a path, its ends among them.

    Parameters
    ----------
    path : sequence of (x, y), or ndarray of shape (M, d)
        Corners, at least one.
    count : int
        At least 1; one point is the path's start.

    Returns
    -------
    ndarray, shape (count, 2) or (count, d), float64

    Raises
    ------
    ValueError
        If the path is empty or not finite, or `count` is less than 1.
    """
    corners = _corners(path)
    return resample_by(corners, np.linalg.norm(np.diff(corners, axis=0), axis=1), count)


def resample_by(path: Path, steps: np.ndarray, count: int) -> np.ndarray:
    """Points at even distances along a path, where corner k + 1 is said to be `steps[k]` from corner k.

    With distances between decoded images, the points are even in image space. Where all distances are 0, the path's
    own are taken.

    Parameters
    ----------
    path, count : as in `resample`
    steps : ndarray, shape (M - 1,)
        At least 0.

    Raises
    ------
    ValueError
        As `resample`; or if the distances are not as many, negative or not finite.
    """
    corners, lengths = _corners(path), np.asarray(steps, np.float64)
    if not len(corners) or not np.isfinite(corners).all():
        raise ValueError("a path has at least one corner, all finite")
    if count < 1:
        raise ValueError(f"a path has at least 1 point, not {count}")
    if lengths.shape != (len(corners) - 1,) or not np.isfinite(lengths).all() or (lengths < 0).any():
        raise ValueError("a path has a distance from each corner to the next, finite and not negative")
    if not lengths.any():
        lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, travelled[-1], count)
    return np.stack([np.interp(wanted, travelled, corners[:, axis]) for axis in range(corners.shape[1])], axis=1)


def circle(centre: tuple[float, float], start: tuple[float, float], corners: int = 256) -> np.ndarray:
    """Circle about `centre` that begins and ends at `start`, anticlockwise; shape (corners + 1, 2), float64."""
    turn = np.linspace(0.0, 2 * np.pi, corners + 1)
    (cx, cy), (sx, sy) = centre, start
    right, up = sx - cx, sy - cy
    path = np.stack([cx + right * np.cos(turn) - up * np.sin(turn), cy + right * np.sin(turn) + up * np.cos(turn)], axis=1)
    path[[0, -1]] = sx, sy
    return path


def _corners(path: Path) -> np.ndarray:
    corners = np.asarray(path, np.float64)
    return corners if corners.ndim == 2 else corners.reshape(-1, 2)


def smooth(path: Path, spacing: float, width: float = 3.0) -> np.ndarray:
    """A hand's path without its jitter: even steps, then a Gaussian along it; the ends stay where they are.

    Parameters
    ----------
    path : sequence of (x, y)
        As the pointer went.
    spacing : float
        Length of a step, in latent units, greater than 0.
    width : float
        Standard deviation of the Gaussian, in steps.

    Returns
    -------
    ndarray, shape (M, 2), float64, M >= 2
    """
    count = int(np.clip(round(length(path) / spacing) + 1, 2, 4096))
    steps = resample(path, count)
    radius = min(int(3 * width), count - 1)
    # Reflecting about the ends (2 end - p) keeps them fixed under an even kernel.
    before = 2 * steps[0] - steps[radius:0:-1]
    after = 2 * steps[-1] - steps[-2 : -radius - 2 : -1]
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / width) ** 2)
    kernel /= kernel.sum()
    padded = np.concatenate([before, steps, after])
    return np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)


def simplify(path: Path, tolerance: float) -> np.ndarray:
    """Fewer corners, none of the left out ones farther than `tolerance` from the result (Ramer, Douglas, Peucker).

    Returns
    -------
    ndarray, shape (K, 2), float64
    """
    corners = np.asarray(path, np.float64).reshape(-1, 2)
    keep = np.zeros(len(corners), bool)
    keep[[0, -1]] = True
    open_spans = [(0, len(corners) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        offsets = _distance_to_segment(corners[first + 1 : last], corners[first], corners[last])
        worst = int(np.argmax(offsets))
        if offsets[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            open_spans += [(first, middle), (middle, last)]
    return corners[keep]


def distance(path: Path, x: float, y: float) -> float:
    """Distance from a point to the nearest point of a path, infinite for an empty path."""
    corners = np.asarray(path, np.float64).reshape(-1, 2)
    if not len(corners):
        return float("inf")
    point = np.array([[x, y]])
    if len(corners) == 1:
        return float(np.linalg.norm(corners[0] - point[0]))
    return min(float(_distance_to_segment(point, a, b)[0]) for a, b in pairwise(corners))


def _distance_to_segment(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distances (N,) of points (N, 2) to the segment from `start` to `end`."""
    along = end - start
    squared = float(along @ along)
    share = np.clip((points - start) @ along / squared, 0, 1) if squared > 0 else np.zeros(len(points))
    return np.linalg.norm(points - (start + share[:, None] * along), axis=1)


def bent(path: Path, node: int, place: tuple[float, float], reach: float, tolerance: float) -> np.ndarray:
    """A path with one of its nodes at another place; what lies within `reach` along it follows, less the farther away.

    Parameters
    ----------
    path : array-like, shape (M, 2)
    node : int
    place : (float, float)
    reach : float
        Along the path, greater than 0. Parts at distance d < reach move by (1 + cos(pi d / reach)) / 2 of what the node does.
    tolerance : float
        New corners that lie nearer than this to the path without them are left out.

    Returns
    -------
    ndarray, shape (K, 2)
        Corners outside the reach are as they were.
    """
    corners = np.asarray(path, np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    middle = along[node]
    low, high = max(0.0, middle - reach), min(along[-1], middle + reach)
    steps = np.unique(np.concatenate([np.linspace(low, middle, BEND_STEPS), np.linspace(middle, high, BEND_STEPS)]))
    inside = np.stack([np.interp(steps, along, corners[:, axis]) for axis in (0, 1)], 1)
    weight = 0.5 * (1 + np.cos(np.pi * np.minimum(np.abs(steps - middle) / reach, 1)))
    inside += weight[:, None] * (np.asarray(place) - corners[node])
    cut = int(np.argmin(np.abs(steps - middle)))
    parts = [simplify(part, tolerance) for part in (inside[: cut + 1], inside[cut:]) if len(part) > 1]
    moved = np.concatenate([parts[0], *(part[1:] for part in parts[1:])]) if parts else inside
    return np.concatenate([corners[along < low], moved, corners[along > high]])

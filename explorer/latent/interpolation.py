"""Paths between two codes: the straight line and the arc about the origin."""

from __future__ import annotations

import math

import numpy as np


def line(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """Codes at even distances on the straight line, the ends among them; shape (count, d), float64.

    Parameters
    ----------
    start, end : ndarray, shape (d,)
    count : int
        At least 2.

    Raises
    ------
    ValueError
        If an end is not finite, they have other numbers of dimensions, or `count` is less than 2.
    """
    a, b, share = _checked(start, end, count)
    path = (1 - share) * a + share * b
    path[-1] = b
    return path


def spherical(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """Spherical interpolation about the origin: the angle grows evenly, and so does the distance from the origin.

    For ends equally far from the origin it is Shoemake's slerp (1985). In many dimensions nearly all of N(0, I) lies near
    a sphere of radius sqrt(d): the arc stays there, where the straight line passes through the empty inside.
    Of opposite ends the arc is not unique: in a plane it goes anticlockwise. From or to the origin it is the straight line.

    Parameters
    ----------
    start, end, count : as in `line`

    Returns
    -------
    ndarray, shape (count, d), float64
    """
    a, b, share = _checked(start, end, count)
    norm_a, norm_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if norm_a == 0 or norm_b == 0:
        return line(start, end, count)
    u, v = a / norm_a, b / norm_b
    # atan2 of the two parts is accurate for nearly equal and nearly opposite directions, arccos is not.
    across = v - (u @ v) * u
    size = float(np.linalg.norm(across))
    angle = math.atan2(size, float(u @ v))
    w = across / size if size > 1e-12 else _perpendicular(u)
    turned = np.cos(share * angle) * u + np.sin(share * angle) * w
    path = ((1 - share) * norm_a + share * norm_b) * turned
    path[0], path[-1] = a, b
    return path


def _perpendicular(u: np.ndarray) -> np.ndarray:
    """A unit vector at a right angle to a unit vector: in a plane, a quarter turn anticlockwise."""
    if len(u) == 2:
        return np.array([-u[1], u[0]])
    axis = np.zeros_like(u)
    axis[int(np.argmin(np.abs(u)))] = 1.0
    across: np.ndarray = axis - (axis @ u) * u
    size = float(np.linalg.norm(across))
    return across / size if size > 0 else across  # on a line there is none


def _checked(start: np.ndarray, end: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b = np.asarray(start, np.float64).reshape(-1), np.asarray(end, np.float64).reshape(-1)
    if len(a) != len(b) or not len(a):
        raise ValueError(f"the ends of a path have as many dimensions, not {len(a)} and {len(b)}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("the ends of a path are finite")
    if count < 2:
        raise ValueError(f"a path between two codes has at least 2, not {count}")
    return a, b, np.linspace(0.0, 1.0, count)[:, None]

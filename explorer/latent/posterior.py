"""The Gaussian q(z|x) on a plane: its ellipses, and draws from within them. Pure numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse of a plane.

    Attributes
    ----------
    centre : (float, float)
    radii : (float, float)
        Half axes, the longer first.
    angle : float
        Of the longer half axis against the x axis, radians in (-pi/2, pi/2].
    """

    centre: tuple[float, float]
    radii: tuple[float, float]
    angle: float

    def outline(self, count: int = 96) -> np.ndarray:
        """Points (count, 2) once round, anticlockwise; the last is not the first again."""
        turn = np.linspace(0, 2 * math.pi, count, endpoint=False)
        long, short = self.radii[0] * np.cos(turn), self.radii[1] * np.sin(turn)
        c, s = math.cos(self.angle), math.sin(self.angle)
        return np.stack([self.centre[0] + c * long - s * short, self.centre[1] + s * long + c * short], axis=1)


def ellipse(mean: np.ndarray, covariance: np.ndarray, sigmas: float = 1.0) -> Ellipse:
    """Where a Gaussian of two dimensions is `sigmas` standard deviations from its mean.

    It holds 1 - exp(-sigmas^2 / 2) of it: 39 % for 1, 86 % for 2.

    Parameters
    ----------
    mean : ndarray, shape (2,)
    covariance : ndarray, shape (2, 2), or (2,) for its diagonal
    sigmas : float
        At least 0.

    Raises
    ------
    ValueError
        If a number is not finite, or the covariance not that of a Gaussian.
    """
    matrix = np.asarray(covariance, np.float64)
    matrix = np.diag(matrix) if matrix.ndim == 1 else matrix
    centre = np.asarray(mean, np.float64).reshape(2)
    if not (np.isfinite(matrix).all() and np.isfinite(centre).all() and sigmas >= 0):
        raise ValueError("an ellipse's centre and covariance are finite")
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -1e-9 * max(values[1], 1e-300):
        raise ValueError("a covariance has no negative variance")
    radii = sigmas * np.sqrt(np.maximum(values, 0))
    long = vectors[:, 1]
    angle = math.atan2(long[1], long[0])
    angle = angle - math.pi if angle > math.pi / 2 else angle + math.pi if angle <= -math.pi / 2 else angle
    return Ellipse((float(centre[0]), float(centre[1])), (float(radii[1]), float(radii[0])), angle)


def draws_within(mean: np.ndarray, sigma: np.ndarray, count: int, seed: int, sigmas: float = 2.0) -> np.ndarray:
    """Draws of q(z|x) = N(mean, diag sigma^2) no further than `sigmas` standard deviations out, shape (count, d), float64.

    ||(z - m) / s|| <= sigmas * sqrt(d / 2): in two dimensions the ellipse that is drawn, in more its like.

    Parameters
    ----------
    mean, sigma : ndarray, shape (d,)
    count, seed : int
        The same seed gives the same draws; more of them begin alike.
    sigmas : float
        Greater than 0.

    Raises
    ------
    ValueError
        If `sigmas` is not greater than 0, or a number is not finite.
    """
    m, s = np.asarray(mean, np.float64).reshape(-1), np.asarray(sigma, np.float64).reshape(-1)
    if not (sigmas > 0 and np.isfinite(m).all() and np.isfinite(s).all()):
        raise ValueError("draws need a finite Gaussian and a positive number of standard deviations")
    d = len(m)
    noise = np.random.default_rng(seed).standard_normal((count, d))
    share = np.random.default_rng((seed, 1)).random(count)
    directions = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return m + s * _radii(share, d, sigmas * math.sqrt(d / 2))[:, None] * directions


def _radii(share: np.ndarray, d: int, limit: float) -> np.ndarray:
    """Quantiles of ||eps||, eps ~ N(0, I) in d dimensions given that it is at most `limit`: density r^(d-1) exp(-r^2 / 2)."""
    r = np.linspace(0, min(limit, math.sqrt(d) + 10), 4097)
    middle = (r[1:] + r[:-1]) / 2
    logs = (d - 1) * np.log(middle) - middle**2 / 2
    mass = np.concatenate([[0.0], np.cumsum(np.exp(logs - logs.max()))])
    return np.interp(share * mass[-1], mass, r)

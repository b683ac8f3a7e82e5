"""Gaussian asides: what becomes of Gaussians that are added, subtracted, or are each other's mean. Numpy alone.

    X + Y ~ N(m_X + m_Y, s_X^2 + s_Y^2),   X - Y ~ N(m_X - m_Y, s_X^2 + s_Y^2)          for independent X, Y
    M ~ N(m, s^2),  X | M ~ N(a M, r^2)    =>   X ~ N(a m, a^2 s^2 + r^2)               how Property 1 follows
    M ~ N(m, s^2),  X | M ~ N(f(M), r^2)   =>   no Gaussian, unless f is linear         why q(x_{t-1} | x_t) is none

and with it M | X, which in the linear case is a Gaussian too (Property 2), and else is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

FunctionName = Literal["tanh", "square", "sine", "step"]
REACH = 5.0
"""Standard deviations of the mean that an integral over it covers."""
NODES = 801


@dataclass(frozen=True, slots=True)
class Gaussian:
    """N(mean, sd^2), sd > 0."""

    mean: float
    sd: float

    def density(self, x: np.ndarray) -> np.ndarray:
        """Density at x."""
        return np.exp(-0.5 * ((x - self.mean) / self.sd) ** 2) / (self.sd * math.sqrt(2 * math.pi))

    def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """So many draws."""
        return self.mean + self.sd * rng.standard_normal(count)


def add(x: Gaussian, y: Gaussian) -> Gaussian:
    """Distribution of X + Y, independent."""
    return Gaussian(x.mean + y.mean, math.hypot(x.sd, y.sd))


def subtract(x: Gaussian, y: Gaussian) -> Gaussian:
    """Distribution of X - Y, independent: the variances add up all the same."""
    return Gaussian(x.mean - y.mean, math.hypot(x.sd, y.sd))


def with_gaussian_mean(mean: Gaussian, scale: float, sd: float) -> Gaussian:
    """Distribution of X, where X | M ~ N(scale M, sd^2) and M ~ `mean`."""
    return Gaussian(scale * mean.mean, math.hypot(scale * mean.sd, sd))


def mean_given(mean: Gaussian, scale: float, sd: float, x: float) -> Gaussian:
    """Distribution of M, where X | M ~ N(scale M, sd^2), M ~ `mean` and X = x: precisions add up (Bayes' rule)."""
    precision = 1 / mean.sd**2 + scale**2 / sd**2
    return Gaussian((mean.mean / mean.sd**2 + scale * x / sd**2) / precision, precision**-0.5)


def apply(name: FunctionName, strength: float, m: np.ndarray) -> np.ndarray:
    """f(m): a line m at strength 0, and ever less of one.

    "tanh": m + strength (3 tanh m - m); "square": m + strength (m^2 - m); "sine": m + 2 strength sin 2m;
    "step": m + strength (2 sign m - m).
    """
    bow = {
        "tanh": lambda: 3 * np.tanh(m) - m,
        "square": lambda: m**2 - m,
        "sine": lambda: 2 * np.sin(2 * m),
        "step": lambda: 2 * np.sign(m) - m,
    }[name]()
    return m + strength * bow


def marginal(mean: Gaussian, name: FunctionName, strength: float, sd: float, x: np.ndarray) -> np.ndarray:
    """Density at x of X, where X | M ~ N(f(M), sd^2) and M ~ `mean`: the integral over M, by the midpoint rule."""
    m, weight = _nodes(mean)
    centres = apply(name, strength, m)
    return Gaussian(0, sd).density(x[:, None] - centres[None, :]) @ weight


def moments(mean: Gaussian, name: FunctionName, strength: float, sd: float) -> Gaussian:
    """The Gaussian of X's mean and variance, where X | M ~ N(f(M), sd^2) and M ~ `mean`."""
    m, weight = _nodes(mean)
    centres = apply(name, strength, m)
    middle = float(centres @ weight)
    return Gaussian(middle, math.sqrt(float((centres - middle) ** 2 @ weight) + sd**2))


def _nodes(mean: Gaussian) -> tuple[np.ndarray, np.ndarray]:
    """Where M is, and its probability there."""
    edges = np.linspace(-REACH, REACH, NODES + 1)
    z = (edges[1:] + edges[:-1]) / 2
    weight = np.exp(-0.5 * z**2)
    return mean.mean + mean.sd * z, weight / weight.sum()


def total_variation(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    """1/2 int |p - q| on an even grid x: 0 where the densities are one, 1 where they have nothing in common."""
    return float(0.5 * np.abs(p - q).sum() * (x[1] - x[0]))


def divergence(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    """KL(p || q) in nats on an even grid x."""
    inside = (p > 0) & (q > 0)
    return float((p[inside] * np.log(p[inside] / q[inside])).sum() * (x[1] - x[0]))


def conditional(mean: Gaussian, name: FunctionName, strength: float, sd: float, seen: float, m: np.ndarray) -> np.ndarray:
    """Density at m (an even grid that holds nearly all of M) of M | X = seen, where X | M ~ N(f(M), sd^2): Bayes' rule."""
    joint = -0.5 * ((m - mean.mean) / mean.sd) ** 2 - 0.5 * ((seen - apply(name, strength, m)) / sd) ** 2
    density = np.exp(joint - joint.max())
    return density / (density.sum() * (m[1] - m[0]))

"""Gaussian asides: what becomes of Gaussians that are added, subtracted, or are each other's mean. Numpy alone.

    X + Y ~ N(m_X + m_Y, s_X^2 + s_Y^2),   X - Y ~ N(m_X - m_Y, s_X^2 + s_Y^2)          for independent X, Y
    Z | X ~ N(a X, r^2)    =>   Z ~ N(a m_X, a^2 s_X^2 + r^2)                           how Property 1 follows
    W | X ~ N(f(X), r^2)   =>   W is no Gaussian, unless f is linear                    why q(x_{t-1} | x_t) is none

and with them X | Z, which is a Gaussian too (Property 2), and X | W, which is not. The letters are the lecture's; W is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

FunctionName = Literal["tanh", "square", "sine", "step"]
REACH = 5.0
"""Standard deviations of X that an integral over it covers."""
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


def with_gaussian_mean(x: Gaussian, scale: float, sd: float) -> Gaussian:
    """Distribution of Z, where Z | X ~ N(scale X, sd^2) and X ~ `x`."""
    return Gaussian(scale * x.mean, math.hypot(scale * x.sd, sd))


def mean_given(x: Gaussian, scale: float, sd: float, z: float) -> Gaussian:
    """Distribution of X, where Z | X ~ N(scale X, sd^2), X ~ `x` and Z = z: precisions add up (Bayes' rule)."""
    precision = 1 / x.sd**2 + scale**2 / sd**2
    return Gaussian((x.mean / x.sd**2 + scale * z / sd**2) / precision, precision**-0.5)


def apply(name: FunctionName, strength: float, x: np.ndarray) -> np.ndarray:
    """f(x): a line x at strength 0, and ever less of one.

    "tanh": x + strength (3 tanh x - x); "square": x + strength (x^2 - x); "sine": x + 2 strength sin 2x;
    "step": x + strength (2 sign x - x).
    """
    bow = {
        "tanh": lambda: 3 * np.tanh(x) - x,
        "square": lambda: x**2 - x,
        "sine": lambda: 2 * np.sin(2 * x),
        "step": lambda: 2 * np.sign(x) - x,
    }[name]()
    return x + strength * bow


def marginal(x: Gaussian, name: FunctionName, strength: float, sd: float, w: np.ndarray) -> np.ndarray:
    """Density at w of W, where W | X ~ N(f(X), sd^2) and X ~ `x`: the integral over X, by the midpoint rule."""
    nodes, weight = _nodes(x, name == "step" and strength > 0)
    centres = apply(name, strength, nodes)
    return Gaussian(0, sd).density(w[:, None] - centres[None, :]) @ weight


def moments(x: Gaussian, name: FunctionName, strength: float, sd: float) -> Gaussian:
    """The Gaussian of W's mean and variance, where W | X ~ N(f(X), sd^2) and X ~ `x`."""
    nodes, weight = _nodes(x, name == "step" and strength > 0)
    centres = apply(name, strength, nodes)
    middle = float(centres @ weight)
    return Gaussian(middle, math.sqrt(float((centres - middle) ** 2 @ weight) + sd**2))


def _nodes(x: Gaussian, jumps: bool) -> tuple[np.ndarray, np.ndarray]:
    """Where X is, and its probability there; where f jumps, at 0, one cell ends and another begins."""
    jump = -x.mean / x.sd
    edges = np.linspace(-REACH, REACH, NODES + 1)
    if jumps and abs(jump) < REACH:
        edges = np.concatenate([np.linspace(-REACH, jump, NODES // 2 + 1), np.linspace(jump, REACH, NODES // 2 + 1)[1:]])
    standard = (edges[1:] + edges[:-1]) / 2
    weight = np.exp(-0.5 * standard**2) * np.diff(edges)
    return x.mean + x.sd * standard, weight / weight.sum()


def total_variation(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    """1/2 int |p - q| on an even grid x: 0 where the densities are one, 1 where they have nothing in common."""
    return float(0.5 * np.abs(p - q).sum() * (x[1] - x[0]))


def divergence(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    """KL(p || q) in nats on an even grid x."""
    inside = (p > 0) & (q > 0)
    return float((p[inside] * np.log(p[inside] / q[inside])).sum() * (x[1] - x[0]))


def conditional(x: Gaussian, name: FunctionName, strength: float, sd: float, w: float, grid: np.ndarray) -> np.ndarray:
    """Density at an even grid (that holds nearly all of X) of X | W = w, where W | X ~ N(f(X), sd^2): Bayes' rule."""

    def joint(places: np.ndarray) -> np.ndarray:
        return -0.5 * ((places - x.mean) / x.sd) ** 2 - 0.5 * ((w - apply(name, strength, places)) / sd) ** 2

    logs, width = joint(grid), grid[1] - grid[0]
    top = logs.max()
    density = np.exp(logs - top)
    masses = density * width
    at = int(np.abs(grid).argmin())
    left, right = grid[at] - width / 2, grid[at] + width / 2
    if name == "step" and strength > 0 and left < 0 < right:  # the cell in which f jumps: each side of it by itself
        masses[at] = np.exp(joint(np.array([left / 2, right / 2])) - top) @ np.array([-left, right])
    return density / masses.sum()

"""The chain where all of it is known in any number of dimensions: q(x_0) a mixture of equal Gaussians around points. Float64.

With q(x_0) = (1/n) sum_i N(x^i, h^2 I) and v_t = alpha_bar_t h^2 + 1 - alpha_bar_t, Property 1 gives

    q(x_t)               = (1/n) sum_i N(sqrt(alpha_bar_t) x^i, v_t I)
    w_i(x_t)             = softmax_i( -|| x_t - sqrt(alpha_bar_t) x^i ||^2 / (2 v_t) )
    q(x_0 | x_t)         = sum_i w_i N( x^i + (sqrt(alpha_bar_t) h^2 / v_t) (x_t - sqrt(alpha_bar_t) x^i),  h^2 (1 - alpha_bar_t) / v_t I )
    grad log q(x_t)      = (sqrt(alpha_bar_t) E[x_0 | x_t] - x_t) / (1 - alpha_bar_t) = -E[eps | x_t] / sqrt(1 - alpha_bar_t)

For h = 0 these are the formulas of `exact.py`, the empirical distribution of the points; that file is made for thousands of values
an image, and works in groups of images, where a step of a cloud of particles takes twenty times as long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Prediction, eps_from_x0, mean_from_x0
from explorer.diffusion.posterior import Posterior
from explorer.diffusion.schedule import Schedule

AT_A_TIME = 2**21
"""Distances that are computed at once."""
Draws = Callable[[int], Tensor]
"""t to standard normal numbers, shape (N, 1 + D), that samples draw x_0 with: the point with the first, its Gaussian with the others."""
DRAWN = 2**32
"""Stream of these numbers: apart from that of chains, of their branches and of the forward walk."""


class PointMixture:
    """q(x_0) = (1/n) sum_i N(x^i, sd^2 I), and all that follows from it.

    Parameters
    ----------
    points : Tensor, shape (n, D)
    sd : float
        h; 0 for the points themselves.

    Raises
    ------
    ValueError
        If there are no points, or a number is not finite.
    """

    def __init__(self, points: Tensor, sd: float) -> None:
        if points.ndim != 2 or not len(points):
            raise ValueError(f"the mixture needs points of shape (n, D), at least one, not {tuple(points.shape)}")
        if not bool(torch.isfinite(points).all()) or not (math.isfinite(sd) and sd >= 0):
            raise ValueError("the mixture needs points of finite values, and a standard deviation of at least 0")
        self.points, self.sd = points.double(), float(sd)

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.points)

    @property
    def mean_square(self) -> float:
        """E[x_0^2] of one coordinate."""
        return float(self.points.square().mean()) + self.sd**2

    def variance(self, alpha_bar: float) -> float:
        """v_t: of each Gaussian of q(x_t)."""
        return alpha_bar * self.sd**2 + 1 - alpha_bar

    def log_density(self, x: Tensor, alpha_bar: float) -> Tensor:
        """log q(x_t) at x of shape (N, D), nats, shape (N,), float64.

        Raises
        ------
        ValueError
            If q(x_t) has no density: alpha_bar = 1 and sd = 0.
        """
        v = self.variance(alpha_bar)
        if v <= 0:
            raise ValueError("points without a width have no density at t = 0")
        constant = math.log(self.n) + 0.5 * x.shape[1] * math.log(2 * math.pi * v)
        return torch.cat([torch.logsumexp(logits, 1) for logits in self._logits(x, alpha_bar)]) - constant

    def weights(self, x: Tensor, alpha_bar: float) -> Tensor:
        """w_i(x_t), shape (N, n), float64."""
        return torch.cat([torch.softmax(logits, 1) for logits in self._logits(x, alpha_bar)])

    def denoise(self, x: Tensor, alpha_bar: float | Tensor) -> Tensor:
        """E[x_0 | x_t], shape (N, D), float64, for alpha_bar in (0, 1): one level for all, or shape (N, 1), each its own."""
        near = torch.cat([torch.softmax(logits, 1) @ self.points for logits in self._logits(x, alpha_bar)])
        return self._drawn_in(near, x, alpha_bar)

    def eps(self, x: Tensor, alpha_bar: float | Tensor) -> Tensor:
        """E[eps | x_t], shape (N, D), float64, for alpha_bar as of `denoise`."""
        return (x.double() - alpha_bar**0.5 * self.denoise(x, alpha_bar)) / (1 - alpha_bar) ** 0.5

    def score(self, x: Tensor, alpha_bar: float) -> Tensor:
        """Grad log q(x_t), shape (N, D), float64, for alpha_bar in (0, 1)."""
        return -self.eps(x, alpha_bar) / math.sqrt(1 - alpha_bar)

    def draw(self, x: Tensor, alpha_bar: float, normals: Tensor) -> Tensor:
        """x_0 ~ q(x_0 | x_t), shape (N, D), float64, for alpha_bar in (0, 1): a point by w, then its Gaussian.

        Parameters
        ----------
        normals : Tensor, shape (N, 1 + D)
            Standard normal: the first of a row chooses the point.
        """
        cumulative, shares = self.weights(x, alpha_bar).cumsum(1), _uniform(normals[:, :1])
        i = torch.searchsorted(cumulative, shares * cumulative[:, -1:], right=True)[:, 0].clamp(max=self.n - 1)
        spread = self.sd * math.sqrt((1 - alpha_bar) / self.variance(alpha_bar))
        return self._drawn_in(self.points[i], x, alpha_bar) + spread * normals[:, 1:].double()

    def sample(self, normals: Tensor) -> Tensor:
        """x_0 ~ q(x_0), shape (N, D), float64, from normals as of `draw`."""
        i = (_uniform(normals[:, 0]) * self.n).long().clamp(max=self.n - 1)
        return self.points[i] + self.sd * normals[:, 1:].double()

    def _drawn_in(self, points: Tensor, x: Tensor, alpha_bar: float | Tensor) -> Tensor:
        """Mean of q(x_0 | x_t, i) for points, or of any weighing of them: x_0 of a width follows x_t."""
        root, v = alpha_bar**0.5, alpha_bar * self.sd**2 + 1 - alpha_bar
        found: Tensor = points + (root * self.sd**2 / v) * (x.double() - root * points)
        return found

    def _logits(self, x: Tensor, alpha_bar: float | Tensor) -> Iterator[Tensor]:
        """-|| x - sqrt(alpha_bar) x^i ||^2 / (2 v_t), rows of x at a time."""
        levels = torch.as_tensor(alpha_bar, dtype=torch.float64).expand(len(x), 1)
        size = max(1, AT_A_TIME // self.n)
        for rows, level in zip(x.double().split(size), levels.split(size), strict=True):
            squares = torch.zeros(len(rows), self.n, dtype=torch.float64)
            for column, own in zip(rows.T, self.points.T, strict=True):  # not expanded: at small t what cancels would be seen
                squares += (column[:, None] - level.sqrt() * own).square_()
            yield squares.mul_(-0.5 / (level * self.sd**2 + 1 - level))


@dataclass(slots=True)
class PointsPredictor:
    """The exact reverse process of such a mixture, behind the seam of explorer.diffusion.predictor.

    Attributes
    ----------
    data : PointMixture
    schedule : Schedule
    draws : callable or None
        What the samples draw x_0 with, so that x_{t-1} is drawn from q(x_{t-1} | x_t), a mixture; None follows its mean.
    """

    data: PointMixture
    schedule: Schedule
    draws: Draws | None = None

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip) -> Prediction:
        """As `Predictor.predict`, for x_t of shape (N, D); nothing is clipped."""
        level = step.alpha_bar
        x0 = self.data.denoise(x_t, level).to(x_t.dtype)
        component = None
        if self.draws is not None:
            component = mean_from_x0(x_t, self.data.draw(x_t, level, self.draws(t)).to(x_t.dtype), step)
        return Prediction(mean_from_x0(x_t, x0, step), x0, eps_from_x0(x_t, x0, step), component)


def _uniform(normals: Tensor) -> Tensor:
    """Numbers in [0, 1], as many, float64."""
    return torch.special.ndtr(normals.double())

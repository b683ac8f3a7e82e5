"""The chain in one dimension, where all of it is known: q(x_0) a mixture of Gaussians. Numpy alone.

With q(x_0) = sum_k w_k N(m_k, s_k^2), Property 1 gives q(x_t) = sum_k w_k N(sqrt(ab_t) m_k, ab_t s_k^2 + 1 - ab_t), and Bayes' rule,
component by component, the exact reverse of any step s < t, again a mixture of Gaussians:

    q(x_s | x_t) = sum_k w_k(x_t) N( m_k|t , v_k|t ),      w_k(x_t) ~ w_k N(x_t; sqrt(ab_t) m_k, ab_t s_k^2 + 1 - ab_t)

As the step gets small, x_t says where x_s is whatever the component, and the mixture nears one Gaussian (Feller 1949;
Sohl-Dickstein et al. 2015): why p_theta may be a Gaussian if beta_t is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.diffusion.gaussians import Gaussian, divergence, total_variation


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """sum_k weights_k N(means_k, sds_k^2).

    Attributes
    ----------
    weights, means, sds : ndarray, shape (K,) or (N, K), float64
        One mixture, or N of them; the weights add up to 1.
    """

    weights: np.ndarray
    means: np.ndarray
    sds: np.ndarray

    def density(self, x: np.ndarray) -> np.ndarray:
        """Density of one mixture at x, x's shape."""
        z = (x[..., None] - self.means) / self.sds
        return (self.weights * np.exp(-0.5 * z**2) / self.sds).sum(-1) / math.sqrt(2 * math.pi)

    @property
    def mean(self) -> np.ndarray:
        """Mean of each mixture."""
        return (self.weights * self.means).sum(-1)

    @property
    def sd(self) -> np.ndarray:
        """Standard deviation of each mixture."""
        spread = (self.weights * (self.sds**2 + self.means**2)).sum(-1) - self.mean**2
        return np.sqrt(np.maximum(spread, 0))

    @property
    def gaussian(self) -> Gaussian:
        """The Gaussian of one mixture's mean and variance."""
        return Gaussian(float(self.mean), float(self.sd))

    def sample(self, uniforms: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """Draws: a component by each uniform number in [0, 1), then the Gaussian by the normal one; shape of both."""
        cumulative = np.broadcast_to(np.cumsum(self.weights, -1), (*uniforms.shape, self.weights.shape[-1]))
        k = np.minimum((uniforms[..., None] * cumulative[..., -1:] >= cumulative).sum(-1), self.weights.shape[-1] - 1)
        pick = k[..., None]
        means = np.take_along_axis(np.broadcast_to(self.means, cumulative.shape), pick, -1)[..., 0]
        sds = np.take_along_axis(np.broadcast_to(self.sds, cumulative.shape), pick, -1)[..., 0]
        return means + sds * normals


def mixture_of(means: tuple[float, ...], sd: float, weights: tuple[float, ...] = ()) -> Mixture:
    """Mixture of components with one standard deviation; evenly weighted if no weights are given."""
    share = np.array(weights or [1.0] * len(means), np.float64)
    return Mixture(share / share.sum(), np.array(means, np.float64), np.full(len(means), float(sd)))


def noised(data: Mixture, alpha_bar: float) -> Mixture:
    """q(x_t): each component by Property 1."""
    return Mixture(data.weights, math.sqrt(alpha_bar) * data.means, np.sqrt(alpha_bar * data.sds**2 + 1 - alpha_bar))


def reverse(data: Mixture, alpha_bar: float, alpha_bar_prev: float, x_t: np.ndarray) -> Mixture:
    """q(x_s | x_t), exactly, for each x_t.

    Parameters
    ----------
    data : Mixture
        q(x_0).
    alpha_bar, alpha_bar_prev : float
        Of x_t and of x_s, 0 < alpha_bar < alpha_bar_prev <= 1.
    x_t : ndarray, shape (N,) or ()

    Returns
    -------
    Mixture of shape (N, K) or (K,)
    """
    alpha = alpha_bar / alpha_bar_prev
    before, now = noised(data, alpha_bar_prev), noised(data, alpha_bar)
    seen = np.asarray(x_t, np.float64)[..., None]
    logits = np.log(data.weights) - 0.5 * ((seen - now.means) / now.sds) ** 2 - np.log(now.sds)
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    variance = before.sds**2
    gain = math.sqrt(alpha) * variance / now.sds**2
    means = before.means + gain * (seen - now.means)
    sds = np.sqrt(variance * (1 - alpha) / now.sds**2)
    return Mixture(weights, means, np.broadcast_to(sds, means.shape))


@dataclass(frozen=True, slots=True)
class Departure:
    """How far q(x_s | x_t) is from the Gaussian of its mean and variance.

    Attributes
    ----------
    total_variation : float
        In [0, 1].
    kl : float
        KL(q || Gaussian), nats.
    """

    total_variation: float
    kl: float


def departure(mixture: Mixture, points: int = 2001, reach: float = 8.0) -> Departure:
    """Of one mixture, on a grid of `points` over `reach` standard deviations to both sides."""
    gaussian = mixture.gaussian
    x = np.linspace(gaussian.mean - reach * gaussian.sd, gaussian.mean + reach * gaussian.sd, points)
    q, g = mixture.density(x), gaussian.density(x)
    return Departure(total_variation(q, g, x), max(0.0, divergence(q, g, x)))


def forward_paths(x0: np.ndarray, betas: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """x_0 .. x_T of each path, step by step, shape (T + 1, N).

    Parameters
    ----------
    x0 : ndarray, shape (N,)
    betas : ndarray, shape (T,)
    normals : ndarray, shape (T, N)
    """
    states = [x0]
    for beta, eps in zip(betas, normals, strict=True):
        states.append(math.sqrt(1 - beta) * states[-1] + math.sqrt(beta) * eps)
    return np.stack(states)


def backward_paths(data: Mixture, alpha_bar: np.ndarray, x_T: np.ndarray, uniforms: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """x_0 .. x_T of each path, drawn from x_T down by the exact reverse, shape (T + 1, N).

    Parameters
    ----------
    alpha_bar : ndarray, shape (T + 1,)
    x_T : ndarray, shape (N,)
    uniforms, normals : ndarray, shape (T, N)
    """
    states = [x_T]
    for t in range(len(alpha_bar) - 1, 0, -1):
        step = reverse(data, float(alpha_bar[t]), float(alpha_bar[t - 1]), states[-1])
        states.append(step.sample(uniforms[t - 1], normals[t - 1]))
    return np.stack(states[::-1])

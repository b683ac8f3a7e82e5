"""ELBO(q) of any Gaussian q of a two-dimensional code, by Gauss-Hermite quadrature instead of draws, and the q that is best.

The gap log p(x) - ELBO(q) = KL(q || p(z|x)) splits: what no Gaussian of a kind can say, and what this encoder does not say of the
best one (amortization; Cremer, Li, Duvenaud 2018).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.latent.elbo import log_likelihood
from explorer.models.roles import LatentModel
from explorer.variational.densities import Gaussian

NODES = 12
"""Along each dimension; along narrow Gaussians log p(x|z) is nearly a parabola, for which 2 are enough."""
Family = Literal["diagonal", "full"]
STEPS = 40
FIRST_RATE, LEAST_RATE = 0.5, 1 / 256
LEAST_PRECISION = 1e-2


@dataclass(frozen=True)
class Bound:
    """Terms of ELBO(q) = E_q[log p(x|z)] - KL(q || N(0, I)), in nats.

    Attributes
    ----------
    log_likelihood, kl : float
    """

    log_likelihood: float
    kl: float

    @property
    def value(self) -> float:
        """The bound itself."""
        return self.log_likelihood - self.kl


@torch.inference_mode()
def bound(model: LatentModel, x: Tensor, q: Gaussian) -> Bound:
    """ELBO of one image x (1, C, H, W) under q (ValueError as `log_likelihood`)."""
    return _bound(_at_nodes(model, x, q), q)


def fitted(model: LatentModel, x: Tensor, start: Gaussian, family: Family, steps: int = STEPS) -> Iterator[tuple[Gaussian, Bound]]:
    """q by natural-gradient ascent on the ELBO of one image: the best so far after each step (Khan, Rue 2023, eq. 5).

    With f = log p(x|z) and z = m + L y, the expected gradient and Hessian need no derivative of the decoder (Bonnet, Price):

        E_q[grad f] = L^-T E[y f],    E_q[Hess f] = L^-T E[(y y^T - I) f] L^-1,
        precision <- (1 - rate) precision + rate (I - E_q[Hess f]),    m <- m + rate precision^-1 (E_q[grad f] - m).

    A step that lowers the bound is taken back, and the rate halved.

    Parameters
    ----------
    model : LatentModel
        Of two-dimensional codes, with a likelihood.
    x : Tensor, shape (1, C, H, W)
        In [-1, 1].
    start : Gaussian
        From which it begins; "diagonal" leaves its correlation out.
    family : "diagonal" or "full"
    steps : int
    """
    q = start if family == "full" else Gaussian(start.mean, np.diag(np.sqrt(np.diag(start.covariance))))
    values = _at_nodes(model, x, q)
    best, rate = _bound(values, q), FIRST_RATE
    yield q, best
    for _ in range(steps):
        moved = _moved(q, values, rate, family)
        new = _at_nodes(model, x, moved)
        found = _bound(new, moved)
        if found.value > best.value:
            q, values, best, rate = moved, new, found, min(1.0, 2 * rate)
        else:
            rate /= 2
        yield q, best
        if rate < LEAST_RATE:
            return


def _moved(q: Gaussian, values: np.ndarray, rate: float, family: Family) -> Gaussian:
    places, weights = _nodes()
    centred = weights * (values - weights @ values)
    pulled = np.linalg.inv(q.root).T
    gradient = pulled @ (places.T @ centred) - q.mean
    hessian = pulled @ np.einsum("n,ni,nj->ij", centred, places, places) @ pulled.T
    wanted = np.eye(2) - hessian
    if family == "diagonal":
        wanted = np.diag(np.diag(wanted))
    precision = (1 - rate) * np.linalg.inv(q.covariance) + rate * wanted
    levels, axes = np.linalg.eigh((precision + precision.T) / 2)
    covariance = (axes / np.maximum(levels, LEAST_PRECISION)) @ axes.T
    return Gaussian(q.mean + rate * covariance @ gradient, np.linalg.cholesky(covariance))


@torch.inference_mode()
def _at_nodes(model: LatentModel, x: Tensor, q: Gaussian) -> np.ndarray:
    """log p(x|z) at the nodes under q, float64."""
    z = torch.from_numpy(q.mean + _nodes()[0] @ q.root.T).to(x)
    return log_likelihood(model, x.expand(len(z), -1, -1, -1), z).double().cpu().numpy()


def _bound(values: np.ndarray, q: Gaussian) -> Bound:
    kl = 0.5 * ((q.root**2).sum() + (q.mean**2).sum() - len(q.mean)) - np.log(np.diag(q.root)).sum()
    return Bound(float(_nodes()[1] @ values), float(kl))


@cache
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Places (NODES^2, 2) and weights of E over N(0, I)."""
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    grid = np.stack([axis.ravel() for axis in np.meshgrid(places, places, indexing="ij")], axis=1)
    return grid, np.outer(weights, weights).ravel()


def of_encoder(mean: np.ndarray, log_variance: np.ndarray) -> Gaussian:
    """q(z|x) = N(m, diag s^2) as the encoder says it: mean and log variance of shape (2,)."""
    return Gaussian(mean.astype(np.float64), np.diag(np.exp(0.5 * log_variance.astype(np.float64))))

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
STEPS = 120
RATE = 0.08


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
    found = _terms(model, x, torch.from_numpy(q.mean).to(x), torch.from_numpy(q.root).to(x))
    return Bound(float(found[0]), float(found[1]))


def fitted(model: LatentModel, x: Tensor, start: Gaussian, family: Family, steps: int = STEPS) -> Iterator[tuple[Gaussian, Bound]]:
    """q by gradient ascent on the ELBO of one image, after each step: mean, logarithms of the deviations, and their correlation.

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
    ascent = _Ascent(model, x, start, family)
    for number in range(steps + 1):
        yield ascent.step(RATE * (1 - number / (steps + 1)))


class _Ascent:
    """The state of a fit. Each step enters and leaves autograd by itself: what is between steps is none of its."""

    def __init__(self, model: LatentModel, x: Tensor, start: Gaussian, family: Family) -> None:
        self._model = model
        with torch.inference_mode(False):
            self._x = x.clone()
            self._mean = torch.from_numpy(start.mean.copy()).to(self._x).requires_grad_()
            self._logs = torch.from_numpy(np.log(np.diag(start.root))).to(self._x).requires_grad_()
            slope = float(start.root[1, 0]) if family == "full" else 0.0
            self._below = torch.tensor(slope, device=x.device, requires_grad=family == "full")
            self._corner = torch.tensor([[0.0, 0.0], [1.0, 0.0]], device=x.device)
        self._free = [self._mean, self._logs, *([self._below] if family == "full" else [])]
        self._optimizer = torch.optim.Adam(self._free, RATE, betas=(0.8, 0.95))
        self._best: tuple[Gaussian, Bound] | None = None

    def step(self, rate: float) -> tuple[Gaussian, Bound]:
        """The best so far, that of now among them; then one step of this length, in units of q's own width."""
        with torch.inference_mode(False), torch.enable_grad():
            root = torch.diag(self._logs.exp()) + self._below * self._corner
            log_p, kl = _terms(self._model, self._x, self._mean, root)
            now = Bound(float(log_p.detach()), float(kl.detach()))
            if self._best is None or now.value > self._best[1].value:
                self._best = Gaussian(_array(self._mean), _array(root)), now
            width = self._logs.detach().exp()
            for parameter, gradient in zip(self._free, torch.autograd.grad(kl - log_p, self._free), strict=True):
                parameter.grad = gradient * (width if parameter is self._mean else width[1] if parameter is self._below else 1)
            before, slope = self._mean.detach().clone(), self._below.detach().clone()
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            self._optimizer.step()
            with torch.no_grad():
                self._mean.copy_(before + (self._mean - before) * width)
                self._below.copy_(slope + (self._below - slope) * width[1])
        return self._best


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().double().cpu().numpy()


@cache
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Places (NODES^2, 2) and weights of E over N(0, I)."""
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    grid = np.stack([axis.ravel() for axis in np.meshgrid(places, places, indexing="ij")], axis=1)
    return grid, np.outer(weights, weights).ravel()


def _terms(model: LatentModel, x: Tensor, mean: Tensor, root: Tensor) -> tuple[Tensor, Tensor]:
    places, weights = (torch.from_numpy(each).to(x) for each in _nodes())
    z = mean + places @ root.T
    log_p = weights @ log_likelihood(model, x.expand(len(z), -1, -1, -1), z)
    kl = 0.5 * ((root**2).sum() + (mean**2).sum() - len(mean)) - torch.log(torch.diagonal(root)).sum()
    return log_p, kl


def of_encoder(mean: np.ndarray, log_variance: np.ndarray) -> Gaussian:
    """q(z|x) = N(m, diag s^2) as the encoder says it: mean and log variance of shape (2,)."""
    return Gaussian(mean.astype(np.float64), np.diag(np.exp(0.5 * log_variance.astype(np.float64))))

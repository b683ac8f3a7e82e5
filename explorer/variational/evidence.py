"""log p(x) and p(z|x) of a model with two-dimensional codes, exactly: p(x) = int p(x|z) p(z) dz as a quadrature.

Cells of the plane are cut in four where they matter, until log p(x) moves by less than a tolerance. For every q

    log p(x) = ELBO(q) + KL( q(z) || p(z|x) )

so that the exact value also says how far any q is from the true posterior.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.latent.elbo import log_likelihood
from explorer.models.roles import LatentModel
from explorer.variational.densities import Gaussian

REACH = 6.0
"""Of the square that is cut up first: a prior N(0, I) has 4e-9 of its mass outside."""
FIRST_CELLS = 128
"""Along a side of it."""
MATTERS = math.log(1e-7)
"""A cell below this share of p(x) is not cut."""
MOST_CUTS = 12
TOLERANCE = 1e-3
"""Nats by which log p(x) may still move."""
NEAR = 0.3
"""How far from the highest place of p(z|x) a mode reaches."""
LEAST_VARIANCE = 1e-8
AT_ONCE = 8192
"""Decodings between two cancel points."""


@dataclass(frozen=True)
class Posterior:
    """p(z|x) of one image as cells of the plane, and log p(x).

    Attributes
    ----------
    log_p : float
        log p(x), nats.
    moved : float
        By how much the last cut moved it, nats.
    centres : ndarray, shape (N, 2)
    sides : ndarray, shape (N,)
        Of the square cells, which fill the plane without overlap.
    log_joint : ndarray, shape (N,)
        log p(x|z) + log p(z) at the centres.
    """

    log_p: float
    moved: float
    centres: np.ndarray
    sides: np.ndarray
    log_joint: np.ndarray

    @property
    def masses(self) -> np.ndarray:
        """Share of p(z|x) in each cell, shape (N,); they add up to 1."""
        return np.exp(self.log_joint + 2 * np.log(self.sides) - self.log_p)

    @property
    def mean(self) -> np.ndarray:
        """Of p(z|x), shape (2,)."""
        return self.masses @ self.centres

    @property
    def covariance(self) -> np.ndarray:
        """Of p(z|x), shape (2, 2)."""
        apart = self.centres - self.mean
        return np.einsum("n,ni,nj->ij", self.masses, apart, apart)

    @property
    def mode(self) -> Gaussian:
        """The Gaussian of what lies about its highest place: where a q that is to be fitted can begin."""
        top = self.centres[self.log_joint.argmax()]
        near = self.masses * (((self.centres - top) ** 2).sum(1) < NEAR**2)
        near = near / near.sum()
        mean = near @ self.centres
        apart = self.centres - mean
        covariance = np.einsum("n,ni,nj->ij", near, apart, apart) + LEAST_VARIANCE * np.eye(2)
        return Gaussian(mean, np.linalg.cholesky(covariance))


@torch.inference_mode()
def first_cells(model: LatentModel, reach: float = REACH, cells: int = FIRST_CELLS) -> Iterator[Tensor | None]:
    """What all images have in common: log p(x|z) is linear in the pixels of x for Bernoulli ones.

    None for each block as a cancel point, then the decodings at the first cells' centres, shape (cells^2, pixels): logits, or
    means in [0, 1] of a Gaussian likelihood. On the model's device.
    """
    device = next(model.parameters()).device
    found = []
    for block in torch.from_numpy(_square(reach, cells)).float().split(AT_ONCE):
        found.append(_decoded(model, block.to(device)))
        yield None
    yield torch.cat(found)


@torch.inference_mode()
def posterior(
    model: LatentModel, x: Tensor, first: Tensor, near: np.ndarray, reach: float = REACH, tolerance: float = TOLERANCE
) -> Iterator[Posterior | None]:
    """p(z|x) of one image: None after each cut as a cancel point, then the posterior.

    Parameters
    ----------
    model : LatentModel
        Of two-dimensional codes, with a likelihood.
    x : Tensor, shape (1, C, H, W)
        In [-1, 1], on the model's device.
    first : Tensor
        As of `first_cells`, of the same reach.
    near : ndarray, shape (K, 2)
        Places about which cells are cut whatever they hold: a posterior may be narrower than the first cells, and hides between
        their centres. The encoder's mean is one.
    reach, tolerance : float

    Raises
    ------
    ValueError
        If codes have not two dimensions, or nothing is said of p(x|z).
    """
    if model.config.code != 2 or not model.config.likelihood:
        raise ValueError("the exact posterior is of two-dimensional codes and a stated p(x|z)")
    side = math.isqrt(len(first))
    centres = _square(reach, side)
    sides = np.full(len(centres), 2 * reach / side)
    joint = _of_decoded(model, x, first) + _log_prior(centres)
    log_p = _log_sum(joint, sides)
    moved = math.inf
    for cut in range(MOST_CUTS):
        chosen = joint + 2 * np.log(sides) > log_p + MATTERS
        if cut < 5:
            for place in near:
                chosen |= (np.abs(centres - place) <= sides[:, None]).all(1)
        quarters = _quarters(centres[chosen], sides[chosen])
        halves = np.repeat(sides[chosen] / 2, 4)
        new = log_joint(model, x, quarters)
        centres = np.concatenate([centres[~chosen], quarters])
        sides = np.concatenate([sides[~chosen], halves])
        joint = np.concatenate([joint[~chosen], new])
        before, log_p = log_p, _log_sum(joint, sides)
        moved = abs(log_p - before)
        if moved < tolerance and cut >= 2:
            break
        yield None
    yield Posterior(log_p, moved, centres, sides, joint)


def log_joint(model: LatentModel, x: Tensor, z: np.ndarray) -> np.ndarray:
    """log p(x|z) + log p(z) of one image x (1, C, H, W) at places z (N, 2), shape (N,), float64."""
    found = []
    for block in torch.from_numpy(z).float().to(x.device).split(AT_ONCE):
        found.append(log_likelihood(model, x.expand(len(block), -1, -1, -1), block).double().cpu().numpy())
    return np.concatenate([*found, np.zeros(0)]) + _log_prior(z)


def _square(reach: float, cells: int) -> np.ndarray:
    edges = np.linspace(-reach, reach, cells + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    return np.stack([axis.ravel() for axis in np.meshgrid(middle, middle, indexing="ij")], axis=1)


def _quarters(centres: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Centres (4 N, 2) of the quarters of each cell."""
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) / 4
    return (centres[:, None] + sides[:, None, None] * corners).reshape(-1, 2)


def _log_prior(z: np.ndarray) -> np.ndarray:
    return -0.5 * (z**2).sum(1) - math.log(2 * math.pi)


def _decoded(model: LatentModel, z: Tensor) -> Tensor:
    if model.config.likelihood == "bernoulli":
        return model.decode_logits(z).float().flatten(1)
    return ((model.decode(z).float() + 1) / 2).flatten(1)


def _of_decoded(model: LatentModel, x: Tensor, decoded: Tensor) -> np.ndarray:
    """log p(x|z) for one image of decodings that are known, shape (N,), float64."""
    pixels = ((x + 1) / 2).flatten()
    if model.config.likelihood == "bernoulli":
        logs = decoded @ pixels - torch.nn.functional.softplus(decoded).sum(1)
    else:
        variance = model.config.variance
        logs = -0.5 * ((decoded - pixels).square().sum(1) / variance + math.log(2 * math.pi * variance) * len(pixels))
    return logs.double().cpu().numpy()


def _log_sum(joint: np.ndarray, sides: np.ndarray) -> float:
    terms = joint + 2 * np.log(sides)
    top = float(terms.max())
    return top + math.log(float(np.exp(terms - top).sum()))

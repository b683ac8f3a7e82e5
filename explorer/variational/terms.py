"""The ELBO term by term, and which numbers of a code are used at all.

    ELBO(x) = E_q[log p(x|z)] - sum_j KL(q(z_j|x) || N(0, 1)),    KL_j = 1/2 (m_j^2 + s_j^2 - 1 - log s_j^2)

A number of the code that says nothing of any image has KL_j near 0 for all of them: q(z_j|x) is the prior (posterior collapse).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.latent.elbo import drawn_code, gaussian_kl_terms, log_likelihood
from explorer.models.roles import LatentModel

ACTIVE = 0.01
"""Least variance of the mean, over images, of a unit that is active (Burda, Grosse, Salakhutdinov 2016, section 5.2)."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Terms of N images, in nats, float64.

    Attributes
    ----------
    log_likelihood : ndarray, shape (N,)
        E_q[log p(x|z)] by one draw of each; NaN where nothing is said of p(x|z).
    kl : ndarray, shape (N, code)
        Of each number of the code.
    means : ndarray, shape (N, code)
        Of q(z|x).
    """

    log_likelihood: np.ndarray
    kl: np.ndarray
    means: np.ndarray

    @property
    def elbo(self) -> np.ndarray:
        """The bound of each image, shape (N,)."""
        return self.log_likelihood - self.kl.sum(1)


@torch.inference_mode()
def terms(model: LatentModel, x: Tensor, noise: Tensor) -> Terms:
    """Terms of images with z = m(x) + s(x) noise.

    Parameters
    ----------
    model : LatentModel
    x : Tensor, shape (N, C, H, W)
        In [-1, 1].
    noise : Tensor, shape (N, code)
        Standard normal.

    Raises
    ------
    ValueError
        If the model is not variational.
    """
    mean, log_variance, z = drawn_code(model, x, noise)
    said = log_likelihood(model, x, z) if model.config.likelihood else torch.full((len(x),), torch.nan)
    return Terms(*(part.double().cpu().numpy() for part in (said, gaussian_kl_terms(mean, log_variance), mean)))


def spread(means: np.ndarray) -> np.ndarray:
    """Variance of each number of the mean code over images: A_j = Var_x(E_q[z_j]), means (N, code), shape (code,)."""
    return means.astype(np.float64).var(0)


def active_units(spreads: np.ndarray) -> np.ndarray:
    """Which numbers of the code are active: A_j > 0.01, shape (code,), bool."""
    return spreads > ACTIVE

"""The losses of AE and VAE: reconstruction, KL and the ELBO (nats per image)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.models.roles import LatentModel


@dataclass(frozen=True, slots=True)
class Elbo:
    """ELBO = E_q[log p(x|z)] - KL(q(z|x) || p(z)), each of shape (N,), in nats.

    Attributes
    ----------
    log_likelihood : Tensor
        One-sample estimate of E_q[log p(x|z)].
    kl : Tensor
        KL(q(z|x) || N(0, I)), closed form.
    """

    log_likelihood: Tensor
    kl: Tensor

    @property
    def value(self) -> Tensor:
        """The bound itself, shape (N,)."""
        return self.log_likelihood - self.kl


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, s^2) || N(0, I)) = 1/2 sum_j (m_j^2 + s_j^2 - 1 - log s_j^2), shape (N,)."""
    return gaussian_kl_terms(mean, log_variance).sum(1)


def gaussian_kl_terms(mean: Tensor, log_variance: Tensor) -> Tensor:
    """The KL of each dimension, shape (N, code): what that number of the code says of an image, nats."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance)


def log_likelihood(model: LatentModel, x: Tensor, z: Tensor) -> Tensor:
    """log p(x|z) summed over pixels, shape (N,): Bernoulli or Gaussian, on x scaled to [0, 1].

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Images in [-1, 1].
    z : Tensor, shape (N, code)

    Raises
    ------
    ValueError
        If nothing is said of the model's p(x|z).
    """
    return -_nats(model, x, z).flatten(1).sum(1)


@torch.inference_mode()
def nats_by_pixel(model: LatentModel, x: Tensor, z: Tensor) -> Tensor:
    """-log p(x|z) of each pixel, its channels added, shape (N, H, W): where an image costs what it costs.

    They add up to minus `log_likelihood`; parameters and errors as there.
    """
    return _nats(model, x, z).sum(1)


def _nats(model: LatentModel, x: Tensor, z: Tensor) -> Tensor:
    """-log p(x|z) of each number of an image, shape (N, C, H, W)."""
    if not model.config.likelihood:
        raise ValueError("nothing is said of p(x|z), so there is no log likelihood")
    pixels = (x + 1) / 2
    if model.config.likelihood == "bernoulli":
        return F.binary_cross_entropy_with_logits(model.decode_logits(z).float(), pixels, reduction="none")
    variance = model.config.variance
    return 0.5 * ((pixels - (model.decode(z).float() + 1) / 2).square() / variance + math.log(2 * math.pi * variance))


def drawn_code(model: LatentModel, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """m(x), log s(x)^2 and z = m(x) + s(x) noise (reparameterization), each (N, code); parameters and errors as of `elbo`."""
    mean, log_variance = model.encode(x)
    if log_variance is None:
        raise ValueError("an autoencoder without a posterior has no ELBO")
    return mean, log_variance, mean + (0.5 * log_variance).exp() * noise


def elbo(model: LatentModel, x: Tensor, noise: Tensor) -> Elbo:
    """One-sample ELBO with z = m(x) + s(x) noise (reparameterization).

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Images in [-1, 1].
    noise : Tensor, shape (N, code)
        Standard normal.

    Raises
    ------
    ValueError
        If the model is not variational.
    """
    mean, log_variance, z = drawn_code(model, x, noise)
    return Elbo(log_likelihood(model, x, z), gaussian_kl(mean, log_variance))


def importance_weighted_bound(model: LatentModel, x: Tensor, noise: Tensor) -> Tensor:
    """log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x) with z_k = m + s noise_k: between the ELBO and log p(x), shape (N,).

    Burda, Grosse, Salakhutdinov 2016, eq. 8.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Images in [-1, 1].
    noise : Tensor, shape (N, K, code)
        Standard normal.

    Raises
    ------
    ValueError
        If the model is not variational.
    """
    return of_importance_weights(log_importance_weights(model, x, noise))


def of_importance_weights(log_weights: Tensor) -> Tensor:
    """log 1/K sum_k w_k over the last dimension: the bound with K samples, of each group of them."""
    return log_weights.logsumexp(-1) - math.log(log_weights.shape[-1])


def log_importance_weights(model: LatentModel, x: Tensor, noise: Tensor) -> Tensor:
    """log p(x|z_k) p(z_k) / q(z_k|x), shape (N, K); parameters and errors as of `importance_weighted_bound`."""
    mean, log_variance = model.encode(x)
    if log_variance is None:
        raise ValueError("an autoencoder without a posterior has no bound")
    images, draws, code = noise.shape
    z = mean[:, None] + (0.5 * log_variance).exp()[:, None] * noise
    # log p(z) - log q(z|x): the normalizing 2 pi cancels.
    log_ratio = 0.5 * (noise**2 - z**2 + log_variance[:, None]).sum(2)
    repeated = x.repeat_interleave(draws, dim=0)
    log_p = log_likelihood(model, repeated, z.reshape(images * draws, code)).reshape(images, draws)
    return log_p + log_ratio


def reconstruction_error(model: LatentModel, x: Tensor) -> Tensor:
    """(1/P) ||x - f_G(f_E(x))||^2 per image, shape (N,), pixels in [0, 1] (the lecture's J)."""
    return ((x - model(x)) / 2).square().flatten(1).mean(1)

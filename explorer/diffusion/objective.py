"""The objective, term by term: what one image costs at each timestep, in nats.

    L = L_T + sum_{t>1} L_{t-1} + L_0,    an upper bound of -log p(x_0) (Ho et al. 2020, eq. 5)

All sums are taken in float64 on the CPU, whatever the predictor computes in: near t = 1 the terms are squares of small
differences over small variances. `bound` estimates the sum over t and over images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from explorer.diffusion.forward import noised
from explorer.diffusion.limits import Clip
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.schedule import Schedule

Variance = Literal["posterior", "beta"]
"""Of the reverse step: sigma_t^2 of the exact posterior (the app samples with it), or beta_t, which is a little larger."""

GREY_LEVELS = 256
HALF_BIN = 1 / (GREY_LEVELS - 1)
"""Half the width 2/255 of a pixel's bin."""


def bits_per_dim(nats: float, dimensions: int) -> float:
    """Nats of an image in bits for each of its `dimensions` values."""
    return nats / (math.log(2) * dimensions)


def reverse_variances(schedule: Schedule, choice: Variance = "posterior") -> Tensor:
    """Variance of p(x_{t-1} | x_t) for t = 0..T, shape (T + 1,), float64; index 0 is not used (NaN).

    At t = 1 the posterior variance is 0, and sigma_2^2 stands for it (Nichol and Dhariwal 2021, section 3.1); beta_1 where
    there is no t = 2.
    """
    betas, levels = schedule.betas, schedule.alpha_bar
    found = betas.clone()
    if choice == "posterior":
        found[1:] = (1 - levels[1:-1]) * betas[1:] / (1 - levels[2:])
        if schedule.T > 1:
            found[0] = found[1]
    return torch.cat([torch.full((1,), math.nan, dtype=torch.float64), found])


def prior_term(schedule: Schedule, x0: Tensor) -> Tensor:
    """L_T = KL( q(x_T | x_0) || N(0, I) ) of each image, nats, shape (N,), float64.

    Parameters
    ----------
    x0 : Tensor, shape (N, ...)
        Images in [-1, 1].
    """
    level = float(schedule.alpha_bar[-1])
    squares = x0.detach().cpu().double().square().flatten(1).sum(1)
    values = x0[0].numel()
    return 0.5 * (level * squares - values * (level + math.log1p(-level)))


def gaussian_kl(difference: Tensor, variance: float, other: float) -> Tensor:
    """KL( N(m_1, variance I) || N(m_2, other I) ) of each image, nats, shape (N,), float64, from m_1 - m_2 of shape (N, ...)."""
    squares = difference.square().flatten(1).sum(1)
    values = difference[0].numel()
    ratio = variance / other
    spread = 0.0 if variance == other else 0.5 * values * (ratio - 1 - math.log(ratio))
    return squares / (2 * other) + spread


def log_bin_mass(x0: Tensor, mean: Tensor, sigma: float) -> Tensor:
    """Log of a Gaussian's mass in each pixel's bin, float64, of x0's shape (Ho et al. 2020, eq. 13).

    The bins are 2/255 wide about the 256 grey levels, the first open below and the last above, so that the masses of all
    sum to 1. The difference of two distribution functions is taken in the lower tail, where it keeps its digits.

    Parameters
    ----------
    x0 : Tensor
        8-bit values in [-1, 1]; taken to the nearest of the 256 grey levels.
    mean : Tensor, float64, x0's shape
    sigma : float
        Standard deviation, positive.
    """
    grey = ((x0.double() + 1) * (GREY_LEVELS - 1) / 2).round().clamp(0, GREY_LEVELS - 1)
    offset = grey * 2 * HALF_BIN - 1 - mean
    low = torch.where(grey == 0, -math.inf, (offset - HALF_BIN) / sigma)
    high = torch.where(grey == GREY_LEVELS - 1, math.inf, (offset + HALF_BIN) / sigma)
    in_upper = low + high > 0
    low, high = torch.where(in_upper, -high, low), torch.where(in_upper, -low, high)
    upper = torch.special.log_ndtr(high)
    return upper + torch.log(-torch.expm1(torch.special.log_ndtr(low) - upper))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a predictor costs at one timestep, for each of N images.

    Attributes
    ----------
    nats : Tensor, shape (N,), float64
        L_{t-1}: for t > 1 a KL, for t = 1 the L_0.
    x0_error : Tensor, shape (N,), float64
        Mean squared error of x0_hat, per pixel.
    x0_hat : Tensor, shape (N, C, H, W), float64
        The clean images that the predictor takes x_t for.
    """

    nats: Tensor
    x0_error: Tensor
    x0_hat: Tensor


def read(
    predictor: Predictor,
    x0: Tensor,
    t: int,
    eps: Tensor,
    clip: Clip = False,
    variance: Variance = "posterior",
    variances: Tensor | None = None,
) -> Reading:
    """L_{t-1} of each image, with the x_t that eps makes of it.

        t > 1:  KL( q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t) )
        t = 1:  -log p(x_0 | x_1)

    Parameters
    ----------
    predictor : Predictor
        A network under any option, or the exact process.
    x0, eps : Tensor, shape (N, C, H, W), float32, on the predictor's device
        8-bit images in [-1, 1], and standard normal noise.
    t : int
        In 1..T.
    clip : bool
        Keep x0_hat in [-1, 1], as the sampler may.
    variance : Variance
        Of the reverse step.
    variances : Tensor, optional
        What `reverse_variances` gives, if it is at hand.
    """
    levels = predictor.schedule.alpha_bar
    step = posterior(float(levels[t]), float(levels[t - 1]))
    x_t = noised(x0, step.alpha_bar, eps)
    said = predictor.predict(x_t, t, step, clip)
    clean, noisy, mean, x0_hat = (part.detach().cpu().double() for part in (x0, x_t, said.mean, said.x0_hat))
    reverse = float((reverse_variances(predictor.schedule, variance) if variances is None else variances)[t])
    if t == 1:
        nats = -log_bin_mass(clean, mean, math.sqrt(reverse)).flatten(1).sum(1)
    else:
        same = variance == "posterior"
        nats = gaussian_kl(step.a0 * clean + step.at * noisy - mean, reverse if same else step.sigma**2, reverse)
    return Reading(nats, (x0_hat - clean).square().flatten(1).mean(1), x0_hat)

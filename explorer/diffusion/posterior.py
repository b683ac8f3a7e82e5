"""The exact posterior q(x_s | x_t, x_0) between two noise levels, s < t.

Written for any pair of levels, so that a sub-sequence of timesteps uses the same formulas with
alpha re-derived as the ratio of neighbours (MATH.md, "Fewer steps").
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Posterior:
    """Coefficients of N(a0 x_0 + at x_t, sigma^2 I) (lecture, Property 2).

    Attributes
    ----------
    alpha_bar, alpha_bar_prev : float
        Noise levels of x_t and of the state it steps to.
    a0, at : float
        Weights of x_0 and of x_t in the posterior mean.
    sigma : float
        Standard deviation of the step; 0 when it ends at x_0.
    """

    alpha_bar: float
    alpha_bar_prev: float
    a0: float
    at: float
    sigma: float

    def same_mean(self, other: Posterior) -> bool:
        """Whether the mean of another step is the same, whatever noise either adds."""
        return (self.alpha_bar, self.alpha_bar_prev, self.a0, self.at) == (other.alpha_bar, other.alpha_bar_prev, other.a0, other.at)

    @property
    def alpha(self) -> float:
        """alpha_t = alpha_bar_t / alpha_bar_{t-1}."""
        return self.alpha_bar / self.alpha_bar_prev

    @property
    def sqrt_alpha_bar(self) -> float:
        """sqrt(alpha_bar_t): the weight of x_0 in x_t (Property 1)."""
        return math.sqrt(self.alpha_bar)

    @property
    def sqrt_one_minus_alpha_bar(self) -> float:
        """sqrt(1 - alpha_bar_t): the weight of eps in x_t (Property 1)."""
        return math.sqrt(1 - self.alpha_bar)


def posterior(alpha_bar: float, alpha_bar_prev: float, eta: float = 1.0) -> Posterior:
    """Step from level `alpha_bar` to `alpha_bar_prev`; eta = 1 is the lecture's Property 2.

    With sigma = eta sigma_t the mean is that of DDIM (Song et al. 2021, eq. 7 and 12),
    sqrt(alpha_bar_prev) x_0 + sqrt(1 - alpha_bar_prev - sigma^2) eps, written in x_0 and x_t.

    Parameters
    ----------
    alpha_bar, alpha_bar_prev : float
        0 < alpha_bar < alpha_bar_prev <= 1.
    eta : float
        In [0, 1]: 1 is ancestral sampling, 0 is deterministic.

    Raises
    ------
    ValueError
        If the levels are not ordered so, or eta is outside [0, 1].
    """
    if not 0 < alpha_bar < alpha_bar_prev <= 1:
        raise ValueError(f"levels must satisfy 0 < {alpha_bar} < {alpha_bar_prev} <= 1")
    if not 0 <= eta <= 1:
        raise ValueError(f"eta must be in [0, 1], not {eta}")
    noise, noise_prev = 1 - alpha_bar, 1 - alpha_bar_prev
    beta = 1 - alpha_bar / alpha_bar_prev
    variance = noise_prev * beta / noise
    if eta == 1.0:
        a0 = math.sqrt(alpha_bar_prev) * beta / noise
        at = math.sqrt(alpha_bar / alpha_bar_prev) * noise_prev / noise
    else:
        towards_eps = math.sqrt(max(noise_prev - eta**2 * variance, 0.0))
        at = towards_eps / math.sqrt(noise)
        a0 = math.sqrt(alpha_bar_prev) - at * math.sqrt(alpha_bar)
    return Posterior(alpha_bar, alpha_bar_prev, a0, at, eta * math.sqrt(variance))

"""Limits of x0_hat: a fixed interval, or Imagen's dynamic thresholding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Limit:
    """How far x0_hat may be from 0.

    Attributes
    ----------
    reach : float
        x0_hat is kept in [-reach, reach]; of dynamic thresholding, the largest threshold.
    quantile : float or None
        Dynamic thresholding (Saharia et al. 2022, section 2.3): each image is cut off at this quantile of its own absolute values, which
        is taken to be in [1, reach], and divided by it.
    """

    reach: float = 1.0
    quantile: float | None = None

    def __call__(self, x0_hat: Tensor) -> Tensor:
        """Images (N, C, H, W) within the limit."""
        if self.quantile is None:
            return x0_hat.clamp(-self.reach, self.reach)
        threshold = x0_hat.float().abs().flatten(1).quantile(self.quantile, dim=1).clamp(1.0, max(1.0, self.reach))
        threshold = threshold.to(x0_hat).reshape(-1, *[1] * (x0_hat.ndim - 1))
        return x0_hat.clamp(-threshold, threshold) / threshold


@dataclass(frozen=True, slots=True)
class LimitOfRange(Limit):
    """The same of images around another middle.

    Attributes
    ----------
    middle, half : float
        Grey, and how far black and white are from it: 0 and 1 of this app's images.
    """

    middle: float = 0.0
    half: float = 1.0

    def __call__(self, x0_hat: Tensor) -> Tensor:
        """Images (N, C, H, W) within the limit."""
        return self.middle + self.half * Limit(self.reach, self.quantile)((x0_hat - self.middle) / self.half)


Clip = bool | Limit
"""What is done to x0_hat: nothing, [-1, 1], or another limit."""


def limited(x0_hat: Tensor, clip: Clip) -> Tensor:
    """x0_hat within a limit."""
    if isinstance(clip, Limit):
        return clip(x0_hat)
    return x0_hat.clamp(-1, 1) if clip else x0_hat

"""Structural similarity of images (Wang, Bovik, Sheikh and Simoncelli 2004)."""

from __future__ import annotations

import torch
from torch import Tensor

WINDOW, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03
DATA_RANGE = 1.0
"""L of the constants: images in [-1, 1] are compared as intensities in [0, 1], for which the index is made."""


def gaussian_window(size: int = WINDOW) -> Tensor:
    """Weights (size,) of one axis, float64, summing to 1: the window of the paper is their outer product."""
    at = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-at.square() / (2 * SIGMA**2))
    return weights / weights.sum()


def ssim(one: Tensor, other: Tensor) -> Tensor:
    """Mean SSIM of each pair of images, in [-1, 1]; 1 where they are equal.

    SSIM = (2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2)), C_i = (K_i L)^2, with means,
    variances and covariance under an 11 x 11 Gaussian of sigma 1.5 (eq. 13), averaged over all its positions inside the
    image (eq. 17) and over the channels.

    Parameters
    ----------
    one, other : Tensor, shape (N, C, H, W)
        Images in [-1, 1], compared as (x + 1) / 2, so that it is the SSIM of the pictures as they are shown: of values
        of either sign the index could call a picture and its negative alike. States beyond [-1, 1] are taken as they
        are. Where a side is shorter than the window, the window is cut to the largest odd size that fits.

    Returns
    -------
    Tensor, shape (N,), float64

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if one.shape != other.shape:
        raise ValueError(f"images of {tuple(one.shape)} and {tuple(other.shape)} have no similarity")
    x, y = (((image.double() + 1) / 2).flatten(0, 1).unsqueeze(1) for image in (one, other))
    side = min(WINDOW, *(s if s % 2 else s - 1 for s in x.shape[-2:]))
    window = gaussian_window(max(1, side)).to(x.device)
    moments = _blurred(torch.cat([x, y, x * x, y * y, x * y], dim=1), window)
    mx, my, xx, yy, xy = moments.unbind(1)
    c1, c2 = (K1 * DATA_RANGE) ** 2, (K2 * DATA_RANGE) ** 2
    luminance = (2 * mx * my + c1) / (mx * mx + my * my + c1)
    structure = (2 * (xy - mx * my) + c2) / (xx - mx * mx + yy - my * my + c2)
    return (luminance * structure).flatten(1).mean(dim=1).reshape(one.shape[0], one.shape[1]).mean(dim=1)


def _blurred(images: Tensor, window: Tensor) -> Tensor:
    """Weighted means (N, 5, h, w) at every position of the window inside the images (N, 5, H, W), one axis after the other."""
    rows = torch.einsum("nchwk,k->nchw", images.unfold(3, len(window), 1), window)
    return torch.einsum("nchwk,k->nchw", rows.unfold(2, len(window), 1), window)

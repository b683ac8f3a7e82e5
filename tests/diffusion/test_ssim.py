"""SSIM against its definition, written out window by window."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from explorer.diffusion.ssim import gaussian_window, ssim


def by_definition(x: np.ndarray, y: np.ndarray) -> float:
    """Wang et al. 2004, eq. 13 with the weights of eq. 14 to 16, for two images (H, W): no convolution, no moments."""
    x, y = (x + 1) / 2, (y + 1) / 2
    weights = np.array([[math.exp(-((i - 5) ** 2 + (j - 5) ** 2) / (2 * 1.5**2)) for j in range(11)] for i in range(11)])
    weights /= weights.sum()
    c1, c2 = 0.01**2, 0.03**2
    values = []
    for i in range(x.shape[0] - 10):
        for j in range(x.shape[1] - 10):
            a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
            ma, mb = (weights * a).sum(), (weights * b).sum()
            va, vb, cov = (weights * (a - ma) ** 2).sum(), (weights * (b - mb) ** 2).sum(), (weights * (a - ma) * (b - mb)).sum()
            values.append((2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2)))
    return float(np.mean(values))


def test_it_is_the_definition(digits: torch.Tensor) -> None:
    clean = digits[:3].double()
    noisy = clean + 0.5 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    expected = [by_definition(a.numpy()[0], b.numpy()[0]) for a, b in zip(clean, noisy, strict=True)]
    torch.testing.assert_close(ssim(clean, noisy), torch.tensor(expected, dtype=torch.float64), rtol=1e-9, atol=1e-12)


def test_it_is_one_for_equal_images_symmetric_and_lower_for_more_noise(digits: torch.Tensor) -> None:
    clean, noise = digits[:8], torch.randn(8, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(ssim(clean, clean), torch.ones(8, dtype=torch.float64))
    a, b = clean + 0.2 * noise, clean + 0.8 * noise
    torch.testing.assert_close(ssim(clean, a), ssim(a, clean))
    assert (ssim(clean, a) > ssim(clean, b)).all()
    assert (ssim(clean, -clean) < 0).all()


def test_channels_are_averaged_and_small_images_have_a_smaller_window() -> None:
    generator = torch.Generator().manual_seed(3)
    x, y = (torch.rand(2, 3, 12, 14, generator=generator, dtype=torch.float64) * 2 - 1 for _ in range(2))
    each = torch.stack([ssim(x[:, c : c + 1], y[:, c : c + 1]) for c in range(3)])
    torch.testing.assert_close(ssim(x, y), each.mean(dim=0))
    assert torch.isfinite(ssim(x[..., :8, :6], y[..., :8, :6])).all()
    assert float(gaussian_window(5).sum()) == pytest.approx(1)


def test_other_shapes_have_none() -> None:
    with pytest.raises(ValueError, match="no similarity"):
        ssim(torch.zeros(1, 1, 12, 12), torch.zeros(1, 1, 12, 13))

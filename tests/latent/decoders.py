"""Decoders whose geometry is known: a linear one, and a curved one with derivatives by hand."""

from __future__ import annotations

import torch
from torch import Tensor


class Linear:
    """g(z) = W z + b as images (N, 1, 3, 4): the metric is W^T W everywhere, geodesics are straight."""

    def __init__(self, code: int = 2, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.weight = torch.randn(12, code, generator=generator, dtype=torch.float64)
        self.bias = torch.randn(12, generator=generator, dtype=torch.float64)

    def __call__(self, z: Tensor) -> Tensor:
        return (z @ self.weight.T + self.bias).reshape(-1, 1, 3, 4)


def cylinder(z: Tensor) -> Tensor:
    """A sheet bent to a parabola: (x, y, 2 x^2), G = [[1 + 16 x^2, 0], [0, 1]]; flat, so that geodesics are straight once unrolled."""
    x, y = z.unbind(1)
    return torch.stack([x, y, 2 * x**2], dim=1)


def sphere(z: Tensor) -> Tensor:
    """Longitude and latitude to the unit sphere: G = diag(cos^2 latitude, 1); geodesics are great circles."""
    longitude, latitude = z.unbind(1)
    return torch.stack([latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()], dim=1)

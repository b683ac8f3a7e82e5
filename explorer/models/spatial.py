"""Autoencoders whose codes are images of latent pixels: their part in the app, whoever wrote the network."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.models.roles import ImageShape, LatentConfig

DIFFERENCE = 1e-3
"""Half a step of the central differences, in latent units: float32 keeps three digits of the derivative."""


@dataclass(frozen=True)
class Scaling:
    """How diffusion models see the codes: x = (z - shift) factor, or ((z - mean) / std) factor by channel.

    Attributes
    ----------
    factor, shift : float
        `factor` is greater than 0.
    mean, std : tuple of float
        For each channel; empty where there are none.
    """

    factor: float = 1.0
    shift: float = 0.0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def raw(self, x: Tensor) -> Tensor:
        """Codes (N, C, h, w) as the decoder takes them, of what a chain walks."""
        z = x / self.factor
        if not self.mean:
            return z + self.shift
        mean, std = (torch.tensor(each, dtype=x.dtype, device=x.device).reshape(1, -1, 1, 1) for each in (self.mean, self.std))
        return z * std + mean


@dataclass(frozen=True)
class SpatialConfig:
    """What a plane needs to know.

    Attributes
    ----------
    image_shape : (C, H, W)
    code_shape : (C, h, w)
    variational : bool
        The encoder gives a Gaussian for each latent pixel.
    quantizes : bool
    scaling : Scaling
    """

    image_shape: ImageShape
    code_shape: tuple[int, ...]
    variational: bool = False
    quantizes: bool = False
    scaling: Scaling = field(default=Scaling())

    @property
    def code(self) -> int:
        """Numbers of a code."""
        return math.prod(self.code_shape)

    @property
    def likelihood(self) -> str:
        """Empty: such networks are trained on perceptual losses, too, and their files say nothing of p(x|z)."""
        return ""

    @property
    def variance(self) -> float:
        """Of no likelihood."""
        return math.nan


class SpatialAutoencoder(nn.Module):
    """Makes flat codes of latent pixels; a network of another tool takes its part by `to_latents` and `to_images`."""

    config: LatentConfig

    def __init__(self, config: SpatialConfig) -> None:
        super().__init__()
        self.config = config
        self.scaling = config.scaling

    def to_latents(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Means (N, C, h, w) in raw latent units of images (N, C, H, W) in [-1, 1], and log variances; None where codes are points."""
        raise NotImplementedError

    def to_images(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W), near [-1, 1], of codes (N, C, h, w) in raw latent units."""
        raise NotImplementedError

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """As of a LatentModel: flat means (N, code) and log variances."""
        mean, log_variance = self.to_latents(x)
        return mean.flatten(1), None if log_variance is None else log_variance.flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W) of flat codes (N, code)."""
        return self.to_images(z.reshape(len(z), *self.config.code_shape))

    def decode_logits(self, z: Tensor) -> Tensor:
        """Not there: such a decoder gives intensities themselves (TypeError)."""
        raise TypeError("nothing is said of p(x|z), so there are no logits")

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Images, and their derivatives (N, k, C, H, W) along directions (k, code), by central differences.

        Not by forward differentiation: attention and group normalization have none. Of a decoder that quantizes they are 0.
        """
        images = self.decode(z)
        if self.config.quantizes:
            return images, images.new_zeros(len(z), len(directions), *images.shape[1:])
        slopes = []
        for direction in directions:
            step = DIFFERENCE / max(float(direction.norm()), 1e-12) * direction
            slopes.append((self.decode(z + step) - self.decode(z - step)) * (float(direction.norm()) / (2 * DIFFERENCE)))
        return images, torch.stack(slopes, dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction of images (N, C, H, W) through the mean code."""
        return self.to_images(self.to_latents(x)[0])

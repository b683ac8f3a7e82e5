"""Autoencoder and VAE: the lecture's f_E and f_G, fully connected or convolutional."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.models.roles import LatentConfig
from explorer.models.tangents import push_forward

MAX_LOG_VARIANCE = 10.0
MOST_SIGMA = 100.0
MOST_SIDE = 1024


@dataclass(frozen=True)
class AutoencoderConfig:
    """Everything that determines the networks' shape.

    Attributes
    ----------
    variational : bool
        The encoder gives a Gaussian (VAE) rather than a point (AE).
    architecture : "mlp" or "conv"
        Fully connected, or convolutions on both sides of one fully connected layer.
    channels, size, columns : int
        Channels, height and width of the images, multiples of 4 when "conv"; `columns` is 0 for a width of `size`.
    code : int
        Dimensions of the latent space.
    hidden : tuple of int
        Encoder widths from the image inwards; the decoder mirrors them. For "conv" the first two are channels.
    activation : "silu", "relu" or "sigmoid"
        Nonlinearity of the hidden layers ("sigmoid": Hinton and Salakhutdinov's logistic units).
    likelihood : "bernoulli" or "gaussian"
        p(x|z) for pixels in [0, 1]: Bernoulli, or Gaussian with `variance`.
    variance : float
        Variance of the Gaussian likelihood, greater than 0.
    sigma : float
        s of q(z|x) = N(m(x), s^2 I) where it is the same for every image, greater than 0; 0 where the encoder says it, or there is none.
    beta : float
        Weight of the KL in what a VAE was trained with, at least 0 (Higgins et al. 2017); 1 is the ELBO. It determines no shape.
    """

    variational: bool = True
    architecture: Literal["mlp", "conv"] = "mlp"
    channels: int = 1
    size: int = 28
    code: int = 2
    hidden: tuple[int, ...] = (1000, 500, 250)
    activation: Literal["silu", "relu", "sigmoid"] = "silu"
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    variance: float = 0.1
    sigma: float = 0.0
    beta: float = 1.0
    columns: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be built.

        Raises
        ------
        ValueError
            With the field and the reason.
        """
        check_images(self.channels, self.size, self.columns)
        if not 1 <= self.code <= 4096:
            raise ValueError(f"code must be in 1..4096, not {self.code}")
        if not 1 <= len(self.hidden) <= 16 or not all(1 <= h <= 16384 for h in self.hidden):
            raise ValueError(f"hidden must be 1 to 16 widths in 1..16384, not {self.hidden}")
        if self.architecture == "conv" and (self.size % 4 or self.columns % 4 or len(self.hidden) < 3):
            raise ValueError("a convolutional autoencoder needs sides divisible by 4 and at least 3 hidden widths")
        if not (math.isfinite(self.variance) and self.variance > 0):
            raise ValueError(f"variance must be greater than 0, not {self.variance}")
        if not (math.isfinite(self.sigma) and 0 <= self.sigma <= MOST_SIGMA and (self.variational or not self.sigma)):
            raise ValueError(f"sigma must be in [0, {MOST_SIGMA:g}], and 0 of an autoencoder whose codes are points, not {self.sigma}")
        if not (math.isfinite(self.beta) and self.beta >= 0):
            raise ValueError(f"beta must be at least 0, not {self.beta}")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.size, self.columns or self.size

    @property
    def code_shape(self) -> tuple[int, ...]:
        """(code,): codes are vectors."""
        return (self.code,)

    @property
    def quantizes(self) -> bool:
        """False: the decoder is smooth."""
        return False


def check_images(channels: int, size: int, columns: int) -> None:
    """See that a network can be built for images of this many channels, rows and columns, 0 for as many as rows (ValueError)."""
    if not 1 <= channels <= 64 or not 1 <= size <= MOST_SIDE or not 0 <= columns <= MOST_SIDE:
        raise ValueError(f"channels must be in 1..64, the sides of images in 1..{MOST_SIDE}")


class Autoencoder(nn.Module):
    """Encoder and decoder; images in [-1, 1] on the outside."""

    config: LatentConfig
    encoder: nn.Module
    decoder: nn.Module

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self._fixed_log_variance = 2 * math.log(config.sigma) if config.sigma else None
        outputs = 2 * config.code if config.variational and not config.sigma else config.code
        if config.architecture == "conv":
            self.encoder, self.decoder = _conv_pair(config, outputs)
        else:
            self.encoder, self.decoder = _mlp_pair(config, outputs)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Codes of images (N, C, H, W) in [-1, 1].

        Returns
        -------
        mean : Tensor, shape (N, code)
            m(x) of q(z|x) = N(m, diag s^2); the code itself for an AE.
        log_variance : Tensor, shape (N, code), or None
            log s(x)^2, of every image the same where it is fixed; None for an AE, whose codes are point masses.
        """
        code = self.encoder(x)
        if not self.config.variational:
            return code, None
        if self._fixed_log_variance is not None:
            return code, torch.full_like(code, self._fixed_log_variance)
        mean, log_variance = code.chunk(2, dim=1)
        return mean, log_variance.clamp(-MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Logits of the pixels' intensities in [0, 1], shape (N, C, H, W), from codes (N, code)."""
        return self.decoder(z).reshape(z.shape[0], *self.config.image_shape)  # len(z) would be a number where it is traced

    def decode(self, z: Tensor) -> Tensor:
        """Mean images (N, C, H, W) in [-1, 1] of codes (N, code)."""
        return 2 * torch.sigmoid(self.decode_logits(z)) - 1

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Mean images of codes, and their derivatives along directions of the latent space.

        Parameters
        ----------
        z : Tensor, shape (N, code)
        directions : Tensor, shape (k, code)

        Returns
        -------
        images : Tensor, shape (N, C, H, W)
            As `decode`.
        derivatives : Tensor, shape (N, k, C, H, W)
        """
        logits, tangents = push_forward(_layers(self.decoder), z, directions.expand(len(z), -1, -1))
        shape = self.config.image_shape
        share = torch.sigmoid(logits)
        slopes = (2 * share * (1 - share))[:, None] * tangents
        return (2 * share - 1).reshape(len(z), *shape), slopes.reshape(len(z), len(directions), *shape)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction of images (N, C, H, W) in [-1, 1] through the mean code."""
        return self.decode(self.encode(x)[0])


def _layers(part: nn.Module) -> list[nn.Module]:
    return list(part.children())


def _activation(config: AutoencoderConfig) -> nn.Module:
    return {"silu": nn.SiLU, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}[config.activation]()


def _dense(config: AutoencoderConfig, widths: list[int]) -> list[nn.Module]:
    """Linear layers through `widths`, an activation after each but the last."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), _activation(config)]
    return layers[:-1]


def _mlp_pair(config: AutoencoderConfig, outputs: int) -> tuple[nn.Module, nn.Module]:
    pixels = math.prod(config.image_shape)
    hidden = list(config.hidden)
    encoder = nn.Sequential(nn.Flatten(), *_dense(config, [pixels, *hidden, outputs]))
    decoder = nn.Sequential(*_dense(config, [config.code, *hidden[::-1], pixels]))
    return encoder, decoder


def _conv_pair(config: AutoencoderConfig, outputs: int) -> tuple[nn.Module, nn.Module]:
    first, second, *dense = config.hidden
    height, width = (side // 4 for side in config.image_shape[1:])
    flat = second * height * width
    encoder = nn.Sequential(
        nn.Conv2d(config.channels, first, 4, stride=2, padding=1), _activation(config),
        nn.Conv2d(first, second, 4, stride=2, padding=1), _activation(config),
        nn.Flatten(), *_dense(config, [flat, *dense, outputs]),
    )  # fmt: skip
    decoder = nn.Sequential(
        *_dense(config, [config.code, *dense[::-1], flat]), _activation(config),
        nn.Unflatten(1, (second, height, width)),
        nn.ConvTranspose2d(second, first, 4, stride=2, padding=1), _activation(config),
        nn.ConvTranspose2d(first, config.channels, 4, stride=2, padding=1),
    )  # fmt: skip
    return encoder, decoder

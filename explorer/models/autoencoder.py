"""Autoencoder and VAE: the lecture's f_E and f_G, fully connected or convolutional."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from explorer.models.autoencoder_config import AutoencoderConfig as AutoencoderConfig
from explorer.models.in_a_row import Signed
from explorer.models.roles import LatentConfig
from explorer.models.tangents import push_forward

MAX_LOG_VARIANCE = 10.0


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

    def decoding_layers(self) -> list[nn.Module]:
        """As of `InARow`."""
        layers = _layers(self.decoder)
        shaped = [] if isinstance(layers[-1], nn.ConvTranspose2d) else [nn.Unflatten(1, self.config.image_shape)]
        return [*layers, *shaped, nn.Sigmoid(), Signed()]

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

"""A denoiser of an autoencoder's codes (latent diffusion; Rombach et al. 2022), with the decoder through which they are seen."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder
from explorer.models.latent_mlp_config import LatentMlpConfig as LatentMlpConfig
from explorer.models.vector_mlp import VectorMlp


class LatentMlp(VectorMlp):
    """Walks x = (z - mean) / std, dimension by dimension, of codes z: their mean is 0 and their variance 1, as at the chain's other end.

    Attributes
    ----------
    code_mean, code_std : Tensor, shape (code,), float32
        Of the codes that it was trained on; `code_std` is greater than 0.
    decoder : nn.Module
        Of the autoencoder, never trained.
    """

    config: LatentMlpConfig
    code_mean: Tensor
    code_std: Tensor

    def __init__(self, config: LatentMlpConfig) -> None:
        super().__init__(config)
        self.register_buffer("code_mean", torch.zeros(config.dimensions))
        self.register_buffer("code_std", torch.ones(config.dimensions))
        self.decoder = _autoencoder_of(config).decoder.requires_grad_(False)

    def normalised(self, z: Tensor) -> Tensor:
        """What a chain walks, shape (N, code, 1, 1), of codes (N, code)."""
        return ((z - self.code_mean) / self.code_std)[:, :, None, None]

    def raw(self, x: Tensor) -> Tensor:
        """Codes (N, code), as the decoder takes them, of states (N, code, 1, 1): the inverse of `normalised`."""
        return x.flatten(1) * self.code_std + self.code_mean

    def decode(self, z: Tensor) -> Tensor:
        """Mean images (N, C, H, W) in [-1, 1] of codes (N, code), as the autoencoder's."""
        logits = self.decoder(z)
        return 2 * torch.sigmoid(logits).reshape(z.shape[0], *self.config.coder.image_shape) - 1

    def seen(self, x: Tensor) -> Tensor:
        """As of a SeenThroughDecoder: unscaled, then decoded."""
        return self.decode(self.raw(x.to(self.code_mean.dtype)))


def _autoencoder_of(config: LatentMlpConfig) -> Autoencoder:
    with torch.random.fork_rng(devices=[]):  # weights of the denoiser are those of its seed, whatever the decoder is
        return Autoencoder(config.coder)


def decoder_weights(autoencoder: nn.Module) -> dict[str, Tensor]:
    """State dict of an autoencoder's decoder."""
    part = autoencoder.get_submodule("decoder")
    return dict(part.state_dict())

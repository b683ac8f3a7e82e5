"""Principal component analysis as an autoencoder: the best linear encoder and decoder for squared error."""

from __future__ import annotations

import math

from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder
from explorer.models.pca_config import PcaConfig as PcaConfig


class Pca(Autoencoder):
    """Linear encoder W (x - m) and decoder m + W^T z with orthonormal rows W.

    Decodings are not kept in [-1, 1]: errors are measured as they are; pictures of them are clipped.
    """

    encoder: nn.Linear
    decoder: nn.Linear

    def __init__(self, config: PcaConfig) -> None:
        nn.Module.__init__(self)
        self.config = config
        pixels = math.prod(config.image_shape)
        self.encoder = nn.Linear(pixels, config.code)
        self.decoder = nn.Linear(config.code, pixels)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Coordinates (N, code) of images (N, C, H, W) in [-1, 1] along the components; no variance."""
        return self.encoder(x.flatten(1)), None

    def decode_logits(self, z: Tensor) -> Tensor:
        """Not there: a linear decoder gives intensities themselves (TypeError)."""
        raise TypeError("a linear decoder has no logits")

    def decode(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W) of codes (N, code), near [-1, 1] but not kept in it."""
        return self.decoder(z).reshape(z.shape[0], *self.config.image_shape)

    def decoding_layers(self) -> list[nn.Module]:
        """As of `InARow`."""
        return [self.decoder, nn.Unflatten(1, self.config.image_shape)]

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Images, and their derivatives (N, k, C, H, W) along directions (k, code): the same everywhere."""
        along = nn.functional.linear(directions, self.decoder.weight).reshape(1, len(directions), *self.config.image_shape)
        return self.decode(z), along.expand(len(z), *along.shape[1:])

"""Principal component analysis as an autoencoder: the best linear encoder and decoder for squared error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder, check_images


@dataclass(frozen=True)
class PcaConfig:
    """Shape of the network.

    Attributes
    ----------
    channels, size, columns : int
        Channels, height and width of the images; `columns` is 0 for a width of `size`.
    code : int
        Number of components, at most that of the pixels.
    variance : float
        Mean squared error of a pixel in [0, 1]: the Gaussian likelihood's (Tipping and Bishop 1999, with isotropic noise
        over all pixels).
    """

    channels: int = 1
    size: int = 28
    code: int = 2
    variance: float = 0.1
    columns: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be built (ValueError)."""
        check_images(self.channels, self.size, self.columns)
        if not 1 <= self.code <= min(4096, math.prod(self.image_shape)):
            raise ValueError(f"code must be in 1..{min(4096, math.prod(self.image_shape))}, not {self.code}")
        if not (math.isfinite(self.variance) and self.variance > 0):
            raise ValueError(f"variance must be greater than 0, not {self.variance}")

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
        """False: the decoder is linear."""
        return False

    @property
    def variational(self) -> bool:
        """False: codes are points."""
        return False

    @property
    def likelihood(self) -> str:
        """Gaussian: that is what squared error means."""
        return "gaussian"


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

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Images, and their derivatives (N, k, C, H, W) along directions (k, code): the same everywhere."""
        along = nn.functional.linear(directions, self.decoder.weight).reshape(1, len(directions), *self.config.image_shape)
        return self.decode(z), along.expand(len(z), *along.shape[1:])

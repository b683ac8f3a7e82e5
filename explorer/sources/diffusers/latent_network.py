"""diffusers' UNet2DModel over an autoencoder: a denoiser of codes, with the decoder through which they are seen."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from explorer.models.spatial import SpatialAutoencoder
from explorer.sources.diffusers.network import UNet2D


class LatentUNet2D(UNet2D):
    """Walks scaled codes.

    Parameters
    ----------
    unet : diffusers.UNet2DModel
        In evaluation mode.
    autoencoder : SpatialAutoencoder
    variance : "range" or "plain"
        As of a UNet2D.
    """

    def __init__(self, unet: Any, autoencoder: SpatialAutoencoder, variance: str = "range") -> None:
        super().__init__(unet, variance)
        self.autoencoder = autoencoder

    def seen(self, x: Tensor) -> Tensor:
        """As of a SeenThroughDecoder: unscaled, then decoded."""
        return self.autoencoder.to_images(self.autoencoder.scaling.raw(x))

"""Autoencoders of diffusers in the part of a latent model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from explorer.models.spatial import Scaling, SpatialAutoencoder, SpatialConfig
from explorer.sources.diffusers.autoencoder_settings import Coder
from explorer.sources.diffusers.network import without_weights
from explorer.sources.diffusers.weights import read


class LibraryAutoencoder(SpatialAutoencoder):
    """Asks the library's encoder and decoder.

    Parameters
    ----------
    coder : diffusers.AutoencoderKL, AutoencoderTiny, VQModel or AutoencoderDC
        In evaluation mode.
    config : SpatialConfig
    """

    def __init__(self, coder: Any, config: SpatialConfig) -> None:
        super().__init__(config)
        self.coder = coder

    def to_latents(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """As of a SpatialAutoencoder; the log variances are kept in [-30, 20], as the library does."""
        said = self.coder.encode(x, return_dict=False)[0]
        return (said.mean, said.logvar) if self.config.variational else (said, None)

    def to_images(self, z: Tensor) -> Tensor:
        """As of a SpatialAutoencoder."""
        images: Tensor = self.coder.decode(z, return_dict=False)[0]
        return images


def spatial_config(coder: Coder, size: tuple[int, int]) -> SpatialConfig:
    """What a plane of images of a size (height, width) needs to know of it."""
    scaling = Scaling(coder.factor, coder.shift, coder.mean, coder.std)
    return SpatialConfig((coder.channels, *size), coder.code_shape(size), coder.name == "AutoencoderKL", coder.quantizes, scaling)


def load_autoencoder(
    path: Path, config: dict[str, Any], coder: Coder, size: tuple[int, int], files: tuple[Path, ...]
) -> LibraryAutoencoder:  # fmt: skip
    """The network with its weights, which are checked against its settings before memory is taken (BadInput)."""
    built = without_weights(path, config, coder.name)
    built.load_state_dict(read(files, built.state_dict()), assign=True)
    return LibraryAutoencoder(built.requires_grad_(False).eval(), spatial_config(coder, size)).eval()

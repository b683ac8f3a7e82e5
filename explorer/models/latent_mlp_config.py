"""What determines the shape of a denoiser of an autoencoder's codes. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.models.autoencoder_config import AutoencoderConfig
from explorer.models.vector_mlp_config import VectorMlpConfig


@dataclass(frozen=True)
class LatentMlpConfig(VectorMlpConfig):
    """Everything that determines the network's shape.

    Attributes
    ----------
    coder : AutoencoderConfig
        Of the autoencoder whose codes it denoises, and whose decoder it has; `dimensions` is that of its codes.
    """

    coder: AutoencoderConfig = field(default=AutoencoderConfig())

    def __post_init__(self) -> None:
        """Refuse what cannot be built (ValueError with the field and the reason)."""
        super().__post_init__()
        if self.dimensions != self.coder.code:
            raise ValueError(f"dimensions are those of the codes, {self.coder.code}, not {self.dimensions}")

    @property
    def code(self) -> int:
        """Dimensions of the latent space."""
        return self.dimensions

    @property
    def channels(self) -> int:
        """Of what its chain walks: the numbers of a code."""
        return self.dimensions

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(code, 1, 1): codes as images of one pixel."""
        return self.dimensions, 1, 1

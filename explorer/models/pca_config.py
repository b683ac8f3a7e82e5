"""What determines the shape of principal component analysis as an autoencoder. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.models.autoencoder_config import check_images


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

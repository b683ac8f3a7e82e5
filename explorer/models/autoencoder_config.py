"""What determines the shape of an autoencoder's networks. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

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

"""What determines the shape of the lecture's U-Net. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

GROUPS = 8
MAX_TIMESTEPS = 1_000_000
MAX_CLASSES = 100_000


@dataclass(frozen=True)
class UNetConfig:
    """Everything that determines the network's shape.

    Attributes
    ----------
    channels : int
        Channels of the image.
    width : int
        Channels of the first level; a multiple of 8 when `norm` is "group".
    multipliers : tuple of int
        Channels of each level in units of `width`; each level halves the image.
    norm : "group" or "none"
        Normalization before each convolution.
    residual : bool
        Add each block's input to its output.
    activation : "silu" or "relu"
        Nonlinearity.
    time : "film" or "channel"
        How t comes in: scale and shift in every block, or one more constant input channel (the lecture).
    attention : tuple of int
        Levels (0 is the finest) whose blocks are followed by self-attention.
    outer_skip : bool
        output = x_t + output_scale * net(x_t, t) instead of output_scale * net(x_t, t).
    output_scale : float
        Scale of the network's output, greater than 0.
    skip_by_timestep : bool
        With `outer_skip`: output = skip(t) x_t + scale(t) net(x_t, t), two tables over t that are kept with the
        weights, in the place of 1 and output_scale.
    timesteps : int
        T: length of those tables, and what scales the lecture's time channel to [0, 1].
    classes : int
        0, or how many classes it is told of, with "film" alone: each of the labels 0..classes - 1, and `classes` for
        none of them, has a vector that is added to what every block is told of t.
    downsample : "conv" or "max-pool"
        From level to level: a 3x3 convolution with stride 2, or the largest of each 2x2 pixels (the lecture).
    """

    channels: int = 1
    width: int = 32
    multipliers: tuple[int, ...] = (1, 2, 4)
    norm: Literal["group", "none"] = "group"
    residual: bool = True
    activation: Literal["silu", "relu"] = "silu"
    time: Literal["film", "channel"] = "film"
    attention: tuple[int, ...] = ()
    outer_skip: bool = False
    output_scale: float = 1.0
    skip_by_timestep: bool = False
    timesteps: int = 1000
    classes: int = 0
    downsample: Literal["conv", "max-pool"] = "conv"

    def __post_init__(self) -> None:
        """Refuse what cannot be built.

        Raises
        ------
        ValueError
            With the field and the reason.
        """
        if not 1 <= self.channels <= 64:
            raise ValueError(f"channels must be in 1..64, not {self.channels}")
        if not 1 <= self.width <= 4096 or (self.norm == "group" and self.width % GROUPS):
            raise ValueError(f"width must be a multiple of {GROUPS} in 8..4096, not {self.width}")
        if not 1 <= len(self.multipliers) <= 8 or not all(1 <= m <= 64 for m in self.multipliers):
            raise ValueError(f"multipliers must be 1 to 8 numbers in 1..64, not {self.multipliers}")
        if any(not 0 <= level < len(self.multipliers) for level in self.attention):
            raise ValueError(f"attention names a level outside 0..{len(self.multipliers) - 1}")
        if not (math.isfinite(self.output_scale) and self.output_scale > 0):
            raise ValueError(f"output_scale must be greater than 0, not {self.output_scale}")
        if self.skip_by_timestep and not self.outer_skip:
            raise ValueError("skip_by_timestep is of an outer skip; outer_skip is not set")
        if not 1 <= self.timesteps <= MAX_TIMESTEPS:
            raise ValueError(f"timesteps must be in 1..{MAX_TIMESTEPS}, not {self.timesteps}")
        if not 0 <= self.classes <= MAX_CLASSES:
            raise ValueError(f"classes must be in 0..{MAX_CLASSES}, not {self.classes}")
        if self.classes and self.time != "film":
            raise ValueError("classes come in with the time's features; time is not film")

    @property
    def size_multiple(self) -> int:
        """Height and width of an image must be multiples of this."""
        return 2 ** (len(self.multipliers) - 1)

"""What determines the shape of the denoiser of vectors. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

MAX_TIMESTEPS = 1_000_000
TIME_FEATURES = 64
"""Sines and cosines of t, as many as the U-Net of usual width has twice."""


@dataclass(frozen=True)
class VectorMlpConfig:
    """Everything that determines the network's shape.

    Attributes
    ----------
    dimensions : int
        Numbers of a vector.
    width : int
        Units of every hidden layer.
    depth : int
        Residual blocks of two such layers.
    outer_skip : bool
        output = x_t + output_scale * net(x_t, t) instead of output_scale * net(x_t, t).
    output_scale : float
        Scale of the network's output, greater than 0.
    skip_by_timestep : bool
        With `outer_skip`: output = skip(t) x_t + scale(t) net(x_t, t), as of the U-Net.
    timesteps : int
        T: length of those tables.
    """

    dimensions: int = 2
    width: int = 128
    depth: int = 3
    outer_skip: bool = False
    output_scale: float = 1.0
    skip_by_timestep: bool = False
    timesteps: int = 1000

    def __post_init__(self) -> None:
        """Refuse what cannot be built (ValueError with the field and the reason)."""
        for field, most in (("dimensions", 4096), ("width", 4096), ("depth", 32), ("timesteps", MAX_TIMESTEPS)):
            if not 1 <= getattr(self, field) <= most:
                raise ValueError(f"{field} must be in 1..{most}, not {getattr(self, field)}")
        if not (math.isfinite(self.output_scale) and self.output_scale > 0):
            raise ValueError(f"output_scale must be greater than 0, not {self.output_scale}")
        if self.skip_by_timestep and not self.outer_skip:
            raise ValueError("skip_by_timestep is of an outer skip; outer_skip is not set")

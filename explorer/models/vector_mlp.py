"""A denoiser of vectors: a residual network of fully connected layers that is told t in every block, as the U-Net is."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from explorer.models.outer_skip import register_tables, with_outer_skip
from explorer.models.unet import timestep_embedding
from explorer.models.vector_mlp_config import TIME_FEATURES
from explorer.models.vector_mlp_config import VectorMlpConfig as VectorMlpConfig


class VectorBlock(nn.Module):
    """Two fully connected layers, scaled and shifted by t between them, and added to their input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)
        self.film = nn.Linear(width, 2 * width)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, h: Tensor, time: Tensor) -> Tensor:
        """(N, width) of vectors and of timesteps to (N, width)."""
        scale, shift = self.film(time).chunk(2, dim=1)
        inner = torch.addcmul(shift, self.first(nn.functional.silu(self.norm(h))), 1 + scale)
        return h + self.second(nn.functional.silu(inner))


class VectorMlp(nn.Module):
    """(x_t, t) -> output of x_t's shape; what the output means is the option's affair.

    Attributes
    ----------
    skip_table, scale_table : Tensor, shape (T + 1,), float32; only with `config.skip_by_timestep`
        Factors of x_t and of the layers' output at each t (entry 0 is unused); 1 until somebody sets them.

    The first and last layers compute in float32 under autocast, as the U-Net's do.
    """

    skip_table: Tensor
    scale_table: Tensor

    def __init__(self, config: VectorMlpConfig) -> None:
        super().__init__()
        self.config = config
        self.time_mlp = nn.Sequential(nn.Linear(TIME_FEATURES, config.width), nn.SiLU(), nn.Linear(config.width, config.width), nn.SiLU())
        self.stem = nn.Linear(config.dimensions, config.width)
        self.blocks = nn.ModuleList(VectorBlock(config.width) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.dimensions)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        register_tables(self, config)

    @property
    def timestep_count(self) -> int | None:
        """T of its tables; None where it has none."""
        return self.config.timesteps if self.config.skip_by_timestep else None

    def accepts(self, shape: tuple[int, ...]) -> bool:
        """Whether something of a shape has as many numbers as its vectors."""
        return math.prod(shape) == self.config.dimensions

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Predict.

        Parameters
        ----------
        x_t : Tensor, shape (N, dimensions) or (N, ...) of as many numbers, as (N, dimensions, 1, 1)
            Noisy vectors.
        t : Tensor of int64, shape (N,)
            Timesteps in 1..T.
        """
        time = self.time_mlp(timestep_embedding(t, TIME_FEATURES).to(self.stem.weight.dtype))
        with torch.autocast(x_t.device.type, enabled=False):
            h = self.stem(x_t.flatten(1).to(self.stem.weight.dtype))
        for block in self.blocks:
            h = block(h, time)
        with torch.autocast(x_t.device.type, enabled=False):
            inner = self.head(nn.functional.silu(self.norm(h.to(self.head.weight.dtype)))).reshape(x_t.shape)
            return with_outer_skip(self, self.config, inner, x_t, t)

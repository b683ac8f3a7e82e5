"""What is added outside a denoiser's layers: x_t and the layers' output, each by a constant or by a table over t."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn


class SkipConfig(Protocol):
    """What a configuration says of it; the meaning of each is in `unet_config.UNetConfig`."""

    @property
    def outer_skip(self) -> bool:
        """x_t is added."""
        ...

    @property
    def output_scale(self) -> float:
        """Factor of the layers' output."""
        ...

    @property
    def skip_by_timestep(self) -> bool:
        """Both factors are tables over t."""
        ...

    @property
    def timesteps(self) -> int:
        """T of the tables."""
        ...


def register_tables(network: nn.Module, config: SkipConfig) -> None:
    """Give a network the buffers `skip_table` and `scale_table`, shape (T + 1,), of ones, where its configuration has them."""
    if config.skip_by_timestep:
        network.register_buffer("skip_table", torch.ones(config.timesteps + 1))
        network.register_buffer("scale_table", torch.ones(config.timesteps + 1))


def with_outer_skip(network: nn.Module, config: SkipConfig, inner: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
    """Output of a denoiser.

    Parameters
    ----------
    inner, x_t : Tensor, shape (N, ...)
        Output of its layers, and their input.
    t : Tensor of int64, shape (N,)
        Timesteps in 1..T.
    """
    if config.skip_by_timestep:
        alone = (slice(None), *(None,) * (x_t.dim() - 1))
        skip, scale = (network.get_buffer(name)[t][alone] for name in ("skip_table", "scale_table"))
        return skip * x_t + scale * inner
    output = config.output_scale * inner
    return x_t + output if config.outer_skip else output

"""The network of a folder of diffusers as a program of the kernel: that of its UNet2DModel, told t - 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from explorer.backends.native import unet2d

if TYPE_CHECKING:
    from explorer.backends.native.library import Level


def fits(network: Any) -> bool:
    """Whether the kernel has all that this one's settings ask for."""
    return unet2d.fits(network.unet)


def accepts(network: Any, image: tuple[int, int, int]) -> bool:
    """Whether images (C, H, W) fit it."""
    return unet2d.accepts(network.unet, image)


class Lowering(unet2d.Lowering):
    """Walks through the network that is asked."""

    def __init__(self, network: Any, level: Level, bfloat16: bool, image: tuple[int, int, int]) -> None:
        super().__init__(network.unet, level, bfloat16, image)

    def table(self, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Rows of the table for timesteps (n,) and labels (n,), in float32; that of t = 0 is of no use, and never asked for."""
        return super().table((t - 1).clamp(min=0), labels)

"""The networks of minDiffusion, for their weights by their names: a U-Net, and a stack of convolutions that is not told t."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.roles import ImageShape
from explorer.sources.mindiffusion.parts import ROOT_TWO, Wrapped, double, half, spread

WINDOW = 4
"""Side of what is averaged in the middle of its U-Net, after three halvings."""


class NaiveUNet(nn.Module):
    """Three halvings, a vector in the middle that t is added to, three doublings.

    Parameters
    ----------
    channels : int
        Of images.
    width : int
        Of the finest level.
    T : int
        Number of timesteps: t is told as t / T.
    """

    def __init__(self, channels: int, width: int, T: int) -> None:
        super().__init__()
        self.channels, self.T = channels, T
        self.init_conv = Three(channels, width, residual=True)
        self.down1, self.down2 = half(Three(width, width)), half(Three(width, 2 * width))
        self.down3 = half(Three(2 * width, 2 * width))
        self.timeembed = Sines(2 * width)
        self.up0 = spread(2 * width, WINDOW)
        self.up1, self.up2, self.up3 = doubled(4 * width, 2 * width), doubled(4 * width, width), doubled(2 * width, width)
        self.out = nn.Conv2d(2 * width, channels, 3, padding=1)

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and sides of multiples of 32."""
        return shape[0] == self.channels and not any(side % (8 * WINDOW) for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """eps_hat of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T."""
        told = self.timeembed(t.to(x_t.dtype)[:, None] / self.T)
        x = self.init_conv(x_t)
        half = self.down1(x)
        quarter = self.down2(half)
        eighth = self.down3(quarter)
        h = self.up0(F.relu(F.avg_pool2d(eighth, WINDOW)) + told)
        h = self.up1(torch.cat([h, eighth], dim=1)) + told
        h = self.up2(torch.cat([h, quarter], dim=1))
        h = self.up3(torch.cat([h, half], dim=1))
        made: Tensor = self.out(torch.cat([h, x], dim=1))
        return made


class ConvolutionStack(nn.Module):
    """Convolutions, each but the last with batch norm and an activation: the network of its shortest script.

    Parameters
    ----------
    widths : sequence of int
        Channels between them, those of images first and last.
    sides : sequence of int
        Of their windows.
    leak : float
        Of the activation below 0.
    """

    def __init__(self, widths: list[int], sides: list[int], leak: float) -> None:
        super().__init__()
        self.channels = widths[0]
        made: list[nn.Module] = []
        for before, after, side in zip(widths[:-2], widths[1:-1], sides[:-1], strict=True):
            made.append(nn.Sequential(nn.Conv2d(before, after, side, padding=side // 2), nn.BatchNorm2d(after), nn.LeakyReLU(leak)))
        made.append(nn.Conv2d(widths[-2], widths[-1], sides[-1], padding=sides[-1] // 2))
        self.conv = nn.Sequential(*made)

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels: any size will do."""
        return shape[0] == self.channels

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """eps_hat of x_t's shape (N, C, H, W); t is not used."""
        made: Tensor = self.conv(x_t)
        return made


def layers(before: int, *widths: int) -> nn.Sequential:
    """Convolutions, each with group norm and ReLU."""
    made: list[nn.Module] = []
    for after in widths:
        made += [nn.Conv2d(before, after, 3, padding=1), nn.GroupNorm(8, after), nn.ReLU()]
        before = after
    return nn.Sequential(*made)


class Three(nn.Module):
    """Three convolutions; a residual block adds what the first one makes."""

    def __init__(self, before: int, after: int, residual: bool = False) -> None:
        super().__init__()
        self.main, self.conv, self.residual = layers(before, after), layers(after, after, after), residual

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H, W)."""
        first: Tensor = self.main(x)
        rest: Tensor = self.conv(first)
        return (first + rest) / ROOT_TWO if self.residual else rest


def doubled(before: int, after: int) -> Wrapped:
    """Pixels made four, and two blocks."""
    return double(before, after, Three(after, after), Three(after, after))


class Sines(nn.Module):
    """A number (N, 1) as channels (N, width, 1, 1), through sines whose frequencies were learned."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(1, width, bias=False), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """As the class says."""
        made: Tensor = self.lin2(torch.sin(self.lin1(x)))
        return made[:, :, None, None]

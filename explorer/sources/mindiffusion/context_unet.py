"""The class-conditional U-Net of TeaPearce's conditional MNIST, for its weights by its names."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.roles import ImageShape
from explorer.sources.mindiffusion.parts import ROOT_TWO, Wrapped, double, half, spread


class ContextUNet(nn.Module):
    """Two halvings, a vector in the middle, and two doublings that classes scale and t shifts.

    Parameters
    ----------
    channels : int
        Of images.
    width : int
        Of the finest level.
    classes : int
        It takes the labels 0..classes - 1, and `classes` for none.
    window : int
        Side of what is averaged in the middle: images are of 4 times that, or a multiple.
    T : int
        Number of timesteps: t is told as t / T.
    """

    def __init__(self, channels: int, width: int, classes: int, window: int, T: int) -> None:
        super().__init__()
        self.channels, self.classes, self.window, self.T = channels, classes, window, T
        self.init_conv = Pair(channels, width, residual=True)
        self.down1, self.down2 = half(Pair(width, width)), half(Pair(width, 2 * width))
        self.timeembed1, self.timeembed2 = embedding(1, 2 * width), embedding(1, width)
        self.contextembed1, self.contextembed2 = embedding(classes, 2 * width), embedding(classes, width)
        self.up0 = spread(2 * width, window)
        self.up1, self.up2 = doubled(4 * width, width), doubled(2 * width, width)
        self.out = nn.Sequential(
            nn.Conv2d(2 * width, width, 3, padding=1), nn.GroupNorm(8, width), nn.ReLU(), nn.Conv2d(width, channels, 3, padding=1)
        )

    @property
    def label_count(self) -> int:
        """Its classes, and one label for none."""
        return self.classes + 1

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and sides of multiples of 4 windows."""
        return shape[0] == self.channels and not any(side % (4 * self.window) for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """eps_hat of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T and labels (N,), int64."""
        share = t.to(x_t.dtype)[:, None] / self.T
        told = -F.one_hot(labels, self.classes + 1)[:, : self.classes].to(x_t.dtype)  # minus: it was trained so; all 0 for no class
        x = self.init_conv(x_t)
        half = self.down1(x)
        quarter = self.down2(half)
        h = self.up0(F.gelu(F.avg_pool2d(quarter, self.window)))
        h = self.up1(torch.cat([self.contextembed1(told) * h + self.timeembed1(share), quarter], dim=1))
        h = self.up2(torch.cat([self.contextembed2(told) * h + self.timeembed2(share), half], dim=1))
        made: Tensor = self.out(torch.cat([h, x], dim=1))
        return made


def layer(before: int, after: int) -> nn.Sequential:
    """Convolution, batch norm, GELU."""
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.GELU())


class Pair(nn.Module):
    """Two layers; a residual pair adds what the first makes, or what it got where the width stays."""

    def __init__(self, before: int, after: int, residual: bool = False) -> None:
        super().__init__()
        self.conv1, self.conv2 = layer(before, after), layer(after, after)
        self.residual, self.same = residual, before == after

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H, W)."""
        first = self.conv1(x)
        second: Tensor = self.conv2(first)
        return ((x if self.same else first) + second) / ROOT_TWO if self.residual else second


def embedding(before: int, after: int) -> Wrapped:
    """Numbers (N, before) as channels (N, after, 1, 1)."""
    return Wrapped(nn.Linear(before, after), nn.GELU(), nn.Linear(after, after), nn.Unflatten(1, (after, 1, 1)))


def doubled(before: int, after: int) -> Wrapped:
    """Pixels made four, and two pairs."""
    return double(before, after, Pair(after, after), Pair(after, after))

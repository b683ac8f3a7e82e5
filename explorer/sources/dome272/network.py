"""The U-Net of dome272's Diffusion-Models-pytorch, for its weights by its names."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.roles import ImageShape


class DomeUNet(nn.Module):
    """Three halvings, three doublings, attention after each; t, with the class, is added after convolutions.

    Parameters
    ----------
    channels : int
        Of images.
    widths : (a, b, c, d)
        Channels of the levels, the finest first.
    ups : (c, b, a)
        Channels after each doubling.
    middle : tuple of int
        Of the convolutions in the middle.
    told : int
        Width of what t is told as.
    classes : int
        It takes the labels 0..classes - 1, and `classes` for none; 0 of an unconditional one.
    heads : int
        Of its attention.
    """

    def __init__(self, channels: int, widths: list[int], ups: list[int], middle: list[int], told: int, classes: int, heads: int) -> None:
        super().__init__()
        self.channels, self.told, self.classes = channels, told, classes
        self.inc = Convolutions(channels, widths[0])
        for index, (before, after) in enumerate(pairwise(widths), 1):
            self.add_module(f"down{index}", Down(before, after, told))
            self.add_module(f"sa{index}", Attention(after, heads))
        steps = [widths[-1], *middle]
        self.middle = ["bot1", "bot2", "bot3"] if len(middle) == 3 else ["bot1", "bot3"]
        for name, before, after in zip(self.middle, steps[:-1], steps[1:], strict=True):
            self.add_module(name, Convolutions(before, after))
        h = steps[-1]
        for index, (skip, after) in enumerate(zip(reversed(widths[:-1]), ups, strict=True), 1):
            self.add_module(f"up{index}", Up(h + skip, after, told))
            self.add_module(f"sa{index + 3}", Attention(after, heads))
            h = after
        self.outc = nn.Conv2d(h, channels, 1)
        if classes:
            self.label_emb = nn.Embedding(classes, told)

    @property
    def label_count(self) -> int:
        """Its classes, and one label for none; 0 where it takes none."""
        return self.classes + 1 if self.classes else 0

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and halve evenly three times."""
        return shape[0] == self.channels and not any(side % 8 for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """eps_hat of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T; of a conditional one for labels (N,), int64."""
        told = sines_first(t, self.told).to(x_t.dtype)
        if labels is not None:
            known = labels < self.classes
            told = told + self.label_emb(labels.clamp(max=self.classes - 1)) * known[:, None]
        h = self.inc(x_t)
        skips = []
        for index in (1, 2, 3):
            skips.append(h)
            h = self.get_submodule(f"sa{index}")(self.get_submodule(f"down{index}")(h, told))
        for name in self.middle:
            h = self.get_submodule(name)(h)
        for index in (1, 2, 3):
            h = self.get_submodule(f"sa{index + 3}")(self.get_submodule(f"up{index}")(h, skips.pop(), told))
        made: Tensor = self.outc(h)
        return made


def sines_first(t: Tensor, width: int) -> Tensor:
    """Features (N, width) of timesteps (N,): all sines, then all cosines, of t / 10000^(i / (width / 2))."""
    frequencies = 10000 ** -(torch.arange(0, width, 2, device=t.device).float() / width)
    angles = t.float()[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Convolutions(nn.Module):
    """Two convolutions, each with one norm over the image; a residual pair adds what it got."""

    def __init__(self, before: int, after: int, between: int = 0, residual: bool = False) -> None:
        super().__init__()
        between = between or after
        self.residual = residual
        self.double_conv = nn.Sequential(
            nn.Conv2d(before, between, 3, padding=1, bias=False), nn.GroupNorm(1, between), nn.GELU(),
            nn.Conv2d(between, after, 3, padding=1, bias=False), nn.GroupNorm(1, after),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H, W)."""
        made: Tensor = self.double_conv(x)
        return F.gelu(x + made) if self.residual else made


class Down(nn.Module):
    """The larger of neighbours, convolutions, and what t is told as."""

    def __init__(self, before: int, after: int, told: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), Convolutions(before, before, residual=True), Convolutions(before, after))
        self.emb_layer = nn.Sequential(nn.SiLU(), nn.Linear(told, after))

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H / 2, W / 2)."""
        made: Tensor = self.maxpool_conv(x) + self.emb_layer(told)[:, :, None, None]
        return made


class Up(nn.Module):
    """Pixels between pixels, the skip before them, convolutions, and what t is told as."""

    def __init__(self, before: int, after: int, told: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(Convolutions(before, before, residual=True), Convolutions(before, after, before // 2))
        self.emb_layer = nn.Sequential(nn.SiLU(), nn.Linear(told, after))

    def forward(self, x: Tensor, skip: Tensor, told: Tensor) -> Tensor:
        """(N, ..., H, W) to (N, after, 2 H, 2 W)."""
        larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        made: Tensor = self.conv(torch.cat([skip, larger], dim=1)) + self.emb_layer(told)[:, :, None, None]
        return made


class Attention(nn.Module):
    """Attention among pixels, and a layer for each of them."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.mha = nn.MultiheadAttention(channels, heads, batch_first=True)
        self.ln = nn.LayerNorm([channels])
        self.ff_self = nn.Sequential(nn.LayerNorm([channels]), nn.Linear(channels, channels), nn.GELU(), nn.Linear(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Of x's shape (N, C, H, W)."""
        pixels = x.flatten(2).transpose(1, 2)
        normed = self.ln(pixels)
        seen = self.mha(normed, normed, normed, need_weights=False)[0] + pixels
        made: Tensor = self.ff_self(seen) + seen
        return made.transpose(1, 2).unflatten(2, x.shape[2:])

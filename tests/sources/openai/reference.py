"""The U-Net of improved-diffusion and guided-diffusion, written down again as formulas over a state dict."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Build:
    """The programs' flags."""

    channels: int = 32
    mult: tuple[float, ...] = (1, 2)
    blocks: int = 1
    attends: tuple[bool, ...] = (False, True)
    image: int = 3
    out: int = 3
    scale_shift: bool = True
    updown: bool = False
    resamples: bool = True
    classes: int = 0

    @property
    def widths(self) -> list[int]:
        return [int(self.channels * each) for each in self.mult]


def shapes(build: Build) -> dict[str, tuple[int, ...]]:
    """Names and shapes of its state dict."""
    told, widths = 4 * build.channels, build.widths
    found: dict[str, tuple[int, ...]] = {}

    def layer(name: str, *shape: int) -> None:
        found[f"{name}.weight"], found[f"{name}.bias"] = shape, (shape[0],)

    def block(name: str, before: int, after: int) -> None:
        layer(f"{name}.in_layers.0", before)
        layer(f"{name}.in_layers.2", after, before, 3, 3)
        layer(f"{name}.emb_layers.1", 2 * after if build.scale_shift else after, told)
        layer(f"{name}.out_layers.0", after)
        layer(f"{name}.out_layers.3", after, after, 3, 3)
        if before != after:
            layer(f"{name}.skip_connection", after, before, 1, 1)

    def attention(name: str, width: int) -> None:
        layer(f"{name}.norm", width)
        layer(f"{name}.qkv", 3 * width, width, 1)
        layer(f"{name}.proj_out", width, width, 1)

    layer("time_embed.0", told, build.channels)
    layer("time_embed.2", told, told)
    if build.classes:
        found["label_emb.weight"] = (build.classes, told)
    layer("input_blocks.0.0", widths[0], build.image, 3, 3)
    h, skips, index = widths[0], [widths[0]], 1
    for level, width in enumerate(widths):
        for _ in range(build.blocks):
            block(f"input_blocks.{index}.0", h, width)
            if build.attends[level]:
                attention(f"input_blocks.{index}.1", width)
            h, index = width, index + 1
            skips.append(h)
        if level < len(widths) - 1:
            if build.updown:
                block(f"input_blocks.{index}.0", h, h)
            elif build.resamples:
                layer(f"input_blocks.{index}.0.op", h, h, 3, 3)
            index += 1
            skips.append(h)
    block("middle_block.0", h, h)
    attention("middle_block.1", h)
    block("middle_block.2", h, h)
    index = 0
    for level, width in reversed(list(enumerate(widths))):
        for number in range(build.blocks + 1):
            block(f"output_blocks.{index}.0", h + skips.pop(), width)
            h = width
            if build.attends[level]:
                attention(f"output_blocks.{index}.1", h)
            if level and number == build.blocks:
                place = f"output_blocks.{index}.{2 if build.attends[level] else 1}"
                if build.updown:
                    block(place, h, h)
                elif build.resamples:
                    layer(f"{place}.conv", h, h, 3, 3)
            index += 1
    layer("out.0", h)
    layer("out.2", build.out, h, 3, 3)
    return found


class Reference:
    """The network.

    Parameters
    ----------
    build : Build
    w : dict of str to Tensor
    heads : int
    head_channels : int
        Instead, where it is not 0.
    new_order : bool
    """

    def __init__(self, build: Build, w: dict[str, Tensor], heads: int = 4, head_channels: int = 0, new_order: bool = False) -> None:
        self.build, self.w = build, {name: tensor.float() for name, tensor in w.items()}
        self.heads, self.head_channels, self.new_order = heads, head_channels, new_order

    def __call__(self, x: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        """Output for states (N, C, H, W) and what is told as t, (N,)."""
        build, w = self.build, self.w
        half = build.channels // 2
        angles = t.float()[:, None] * torch.exp(-math.log(10000) * torch.arange(half) / half)
        emb = torch.cat([angles.cos(), angles.sin()], dim=1)
        emb = self._linear("time_embed.2", F.silu(self._linear("time_embed.0", emb)))
        if y is not None and build.classes:
            emb = emb + w["label_emb.weight"][y]
        h = self._conv("input_blocks.0.0", x)
        skips = [h]
        index = 1
        for level in range(len(build.mult)):
            for _ in range(build.blocks):
                h = self._block(f"input_blocks.{index}.0", h, emb)
                h = self._attention(f"input_blocks.{index}.1", h) if build.attends[level] else h
                skips.append(h)
                index += 1
            if level < len(build.mult) - 1:
                h = self._halved(f"input_blocks.{index}.0", h, emb)
                skips.append(h)
                index += 1
        h = self._block("middle_block.0", h, emb)
        h = self._block("middle_block.2", self._attention("middle_block.1", h), emb)
        index = 0
        for level in reversed(range(len(build.mult))):
            for number in range(build.blocks + 1):
                h = self._block(f"output_blocks.{index}.0", torch.cat([h, skips.pop()], dim=1), emb)
                h = self._attention(f"output_blocks.{index}.1", h) if build.attends[level] else h
                if level and number == build.blocks:
                    h = self._doubled(f"output_blocks.{index}.{2 if build.attends[level] else 1}", h, emb)
                index += 1
        return self._conv("out.2", F.silu(self._norm("out.0", h)))

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.w[f"{name}.weight"], self.w[f"{name}.bias"])

    def _conv(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = self.w[f"{name}.weight"]
        return F.conv2d(x, weight, self.w[f"{name}.bias"], stride, weight.shape[-1] // 2)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return F.group_norm(x, 32, self.w[f"{name}.weight"], self.w[f"{name}.bias"])

    def _block(self, name: str, x: Tensor, emb: Tensor, size: int = 0) -> Tensor:
        h = F.silu(self._norm(f"{name}.in_layers.0", x))
        if size < 0:
            h, x = F.avg_pool2d(h, 2), F.avg_pool2d(x, 2)
        elif size > 0:
            h, x = (each.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) for each in (h, x))
        h = self._conv(f"{name}.in_layers.2", h)
        told = self._linear(f"{name}.emb_layers.1", F.silu(emb))[:, :, None, None]
        if self.build.scale_shift:
            scale, shift = told.chunk(2, dim=1)
            h = self._norm(f"{name}.out_layers.0", h) * (1 + scale) + shift
        else:
            h = self._norm(f"{name}.out_layers.0", h + told)
        h = self._conv(f"{name}.out_layers.3", F.silu(h))
        return h + (self._conv(f"{name}.skip_connection", x) if f"{name}.skip_connection.weight" in self.w else x)

    def _attention(self, name: str, x: Tensor) -> Tensor:
        channels, pixels = x.shape[1], x.flatten(2)
        heads = channels // self.head_channels if self.head_channels else self.heads
        width = channels // heads
        qkv = F.conv1d(self._norm(f"{name}.norm", pixels), self.w[f"{name}.qkv.weight"], self.w[f"{name}.qkv.bias"])
        made = []
        for head in range(heads):
            if self.new_order:
                q, k, v = (qkv[:, part * channels + head * width :][:, :width] for part in range(3))
            else:
                q, k, v = qkv[:, 3 * head * width :][:, : 3 * width].split(width, dim=1)
            weights = torch.softmax(q.transpose(1, 2) @ k / math.sqrt(width), dim=-1)
            made.append(v @ weights.transpose(1, 2))
        out = F.conv1d(torch.cat(made, dim=1), self.w[f"{name}.proj_out.weight"], self.w[f"{name}.proj_out.bias"])
        return x + out.view_as(x)

    def _halved(self, name: str, x: Tensor, emb: Tensor) -> Tensor:
        if self.build.updown:
            return self._block(name, x, emb, -1)
        return self._conv(f"{name}.op", x, 2) if self.build.resamples else F.avg_pool2d(x, 2)

    def _doubled(self, name: str, x: Tensor, emb: Tensor) -> Tensor:
        if self.build.updown:
            return self._block(name, x, emb, 1)
        x = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        return self._conv(f"{name}.conv", x) if self.build.resamples else x

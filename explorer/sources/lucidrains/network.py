"""The U-Net whose weights such a file holds, named as they are there, in the part of a denoiser.

What it computes is known of the files and of what the library puts out (tests compare both); sizes are those of the weights.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.roles import ImageShape
from explorer.sources.lucidrains.shapes import AttentionShape, BlockShape, LevelShape, NetworkShape

MAX_PERIOD = 10_000.0
GROUPS = 8


class ChannelNorm(nn.Module):
    """x / |x| over the channels, times g sqrt(C)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.g = nn.Parameter(torch.empty(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return F.normalize(x, dim=1) * self.g * math.sqrt(x.shape[1])


class Half(nn.Module):
    """Half of a block: convolution, normalization, what t scales and shifts, SiLU."""

    def __init__(self, inputs: int, outputs: int, grouped: bool) -> None:
        super().__init__()
        self.proj = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm: nn.Module = nn.GroupNorm(GROUPS, outputs) if grouped else ChannelNorm(outputs)

    def forward(self, x: Tensor, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H, W)."""
        h = self.norm(self.proj(x))
        if scale is not None and shift is not None:
            h = torch.addcmul(shift, h, 1 + scale)
        return F.silu(h)


class Block(nn.Module):
    """Two halves, the first told t, added to what came in."""

    def __init__(self, shape: BlockShape, time: int, grouped: bool) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(time, 2 * shape.outputs))
        self.block1 = Half(shape.inputs, shape.outputs, grouped)
        self.block2 = Half(shape.outputs, shape.outputs, grouped)
        self.res_conv = nn.Conv2d(shape.inputs, shape.outputs, 1) if shape.projects else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """(N, inputs, H, W), and t as (N, time), to (N, outputs, H, W)."""
        scale, shift = self.mlp(time)[:, :, None, None].chunk(2, dim=1)
        return self.block2(self.block1(x, scale, shift)) + self.res_conv(x)


class Attention(nn.Module):
    """Between all pixels, and some learned pairs of keys and values; added to what came in.

    The full one weighs values by softmax(q k); the linear one takes softmax(q) over a head's channels and softmax(k) over pixels, so that
    values are gathered once for all of them.
    """

    def __init__(self, shape: AttentionShape) -> None:
        super().__init__()
        self.heads, self.size, self.linear = shape.heads, shape.size, shape.linear
        hidden = shape.heads * shape.size
        self.norm = ChannelNorm(shape.channels)
        self.to_qkv = nn.Conv2d(shape.channels, 3 * hidden, 1, bias=False)
        if shape.linear:
            self.to_out: nn.Module = nn.Sequential(nn.Conv2d(hidden, shape.channels, 1), ChannelNorm(shape.channels))
        else:
            self.to_out = nn.Conv2d(hidden, shape.channels, 1)
        if shape.pairs:
            sides = (shape.size, shape.pairs) if shape.linear else (shape.pairs, shape.size)
            self.mem_kv = nn.Parameter(torch.empty(2, shape.heads, *sides))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        n, _, height, width = x.shape
        q, k, v = self.to_qkv(self.norm(x)).reshape(n, 3, self.heads, self.size, height * width).unbind(1)
        out = self._linear(q, k, v) if self.linear else self._full(q, k, v)
        return x + self.to_out(out.reshape(n, self.heads * self.size, height, width))

    def _pairs(self, n: int) -> tuple[Tensor, Tensor] | None:
        if not hasattr(self, "mem_kv"):
            return None
        k, v = self.mem_kv.unsqueeze(1).expand(-1, n, -1, -1, -1).unbind(0)
        return k, v

    def _linear(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """All (N, heads, size, pixels)."""
        if (pairs := self._pairs(len(q))) is not None:
            k, v = torch.cat([pairs[0], k], dim=-1), torch.cat([pairs[1], v], dim=-1)
        gathered = v @ k.softmax(dim=-1).transpose(-1, -2)
        return gathered @ (q.softmax(dim=-2) / math.sqrt(self.size))

    def _full(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """All (N, heads, size, pixels)."""
        q, k, v = (each.transpose(-1, -2) for each in (q, k, v))
        if (pairs := self._pairs(len(q))) is not None:
            k, v = torch.cat([pairs[0], k], dim=-2), torch.cat([pairs[1], v], dim=-2)
        return F.scaled_dot_product_attention(q, k, v).transpose(-1, -2)


class Timestep(nn.Module):
    """Sines, then cosines, of t at frequencies from 1 to 1 / MAX_PERIOD, both ends taken."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, t: Tensor) -> Tensor:
        """(N,) to (N, size)."""
        half = self.size // 2
        frequencies = torch.exp(-math.log(MAX_PERIOD) / (half - 1) * torch.arange(half, device=t.device))
        angles = t[:, None] * frequencies[None]
        return torch.cat([angles.sin(), angles.cos()], dim=1)


def _stage(level: LevelShape, shape: NetworkShape, change: nn.Module) -> nn.ModuleList:
    """Two blocks, attention, and the way to the next level."""
    first, second = (Block(each, shape.time, shape.grouped) for each in (level.first, level.second))
    return nn.ModuleList([first, second, Attention(level.attention), change])


def _parts(stage: nn.Module) -> tuple[Block, Block, Attention, nn.Module]:
    first, second, attention, change = stage.children()
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    assert isinstance(attention, Attention)
    return first, second, attention, change


def _narrower(level: LevelShape) -> nn.Module:
    """Half as wide: the four pixels of a square become channels. The last level stays as it is."""
    if not level.changes_size:
        return nn.Conv2d(level.second.outputs, level.next, 3, padding=1)
    return nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * level.second.outputs, level.next, 1))


def _wider(level: LevelShape) -> nn.Module:
    conv = nn.Conv2d(level.second.outputs, level.next, 3, padding=1)
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), conv) if level.changes_size else conv


class LucidrainsUNet(nn.Module):
    """Asked at t - 1, as its timesteps begin at 0.

    Parameters
    ----------
    shape : NetworkShape
        A self-conditioned one is told the x0_hat of the state before, which comes before x_t among the channels.
    """

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.shape, self.self_conditioned = shape, shape.self_conditioned
        self.learned_variance = "range" if shape.learned_variance else None
        self.init_conv = nn.Conv2d(shape.inputs, shape.first, 7, padding=3)
        self.time_mlp = nn.Sequential(Timestep(shape.dim), nn.Linear(shape.dim, shape.time), nn.GELU(), nn.Linear(shape.time, shape.time))
        self.downs = nn.ModuleList(_stage(level, shape, _narrower(level)) for level in shape.downs)
        self.mid_block1, self.mid_block2 = (Block(each, shape.time, shape.grouped) for each in shape.middle)
        self.mid_attn = Attention(shape.middle_attention)
        self.ups = nn.ModuleList(_stage(level, shape, _wider(level)) for level in shape.ups)
        self.final_res_block = Block(shape.final, shape.time, shape.grouped)
        self.final_conv = nn.Conv2d(shape.final.outputs, shape.outputs, 1)

    def accepts(self, images: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and halve evenly as often as it halves them."""
        return images[0] == self.shape.channels and not any(side % self.shape.multiple for side in images[1:])

    def forward(self, x_t: Tensor, t: Tensor, before: Tensor | None = None) -> Tensor:
        """Prediction (N, C, H, W) of x_t, for timesteps t (N,), int64, in 1..T; with a learned variance (N, 2 C, H, W)."""
        x = x_t
        if self.self_conditioned:
            x = torch.cat([torch.zeros_like(x) if before is None else before, x], dim=1)
        x = entry = self.init_conv(x)
        time = self.time_mlp((t - 1).to(x.dtype))
        skips = []
        for first, second, attention, change in map(_parts, self.downs):
            skips.append(first(x, time))
            skips.append(attention(second(skips[-1], time)))
            x = change(skips[-1])
        x = self.mid_block2(self.mid_attn(self.mid_block1(x, time)), time)
        for first, second, attention, change in map(_parts, self.ups):
            x = first(torch.cat([x, skips.pop()], dim=1), time)
            x = change(attention(second(torch.cat([x, skips.pop()], dim=1), time)))
        output: Tensor = self.final_conv(self.final_res_block(torch.cat([x, entry], dim=1), time))
        return output

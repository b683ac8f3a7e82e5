"""The lecture's U-Net, with its refinements as configuration.

Contracting path: at each level two 3x3 convolutions (a block), then down-sampling while the channels
grow. Expanding path: up-sampling, the skip from the same level concatenated, two 3x3 convolutions.
The timestep t comes in as an extra feature.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.models.anatomy import Anatomy, anatomy
from explorer.models.outer_skip import register_tables, with_outer_skip
from explorer.models.unet_config import GROUPS as GROUPS
from explorer.models.unet_config import UNetConfig as UNetConfig

MAX_PERIOD = 10_000.0


def timestep_embedding(t: Tensor, size: int) -> Tensor:
    """Sines and cosines of t at geometric frequencies (Vaswani et al. 2017), shape (N, size), float32."""
    half = size // 2
    frequencies = torch.exp(-math.log(MAX_PERIOD) * torch.arange(half, device=t.device) / half)
    angles = t[:, None].float() * frequencies[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Block(nn.Module):
    """Two 3x3 convolutions; with "film", t scales and shifts between them."""

    def __init__(self, config: UNetConfig, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm1 = _norm(config, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm2 = _norm(config, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.activation = _activation(config)
        self.film = nn.Linear(_time_size(config), 2 * outputs) if config.time == "film" else None
        self.skip: nn.Module | None = None
        if config.residual:
            nn.init.zeros_(self.conv2.weight)
            nn.init.zeros_(_bias(self.conv2))
            self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, time: Tensor | None) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, H, W)."""
        h = self.conv1(self.activation(self.norm1(x)))
        h = self.norm2(h)
        if self.film is not None and time is not None:
            scale, shift = self.film(time)[:, :, None, None].chunk(2, dim=1)
            h = torch.addcmul(shift, h, 1 + scale)
        h = self.conv2(self.activation(h))
        return h if self.skip is None else h + self.skip(x)


class Attention(nn.Module):
    """Single-head self-attention over the pixels, added to its input."""

    def __init__(self, config: UNetConfig, channels: int) -> None:
        super().__init__()
        self.norm = _norm(config, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(_bias(self.out))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C, H, W) to the same shape."""
        n, c, height, width = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(n, 3, c, height * width).transpose(2, 3).unbind(1)
        mixed = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        return x + self.out(mixed.transpose(1, 2).reshape(n, c, height, width))


class Level(nn.Module):
    """One resolution of one path: a block, and attention where the configuration asks for it."""

    def __init__(self, config: UNetConfig, inputs: int, outputs: int, attention: bool) -> None:
        super().__init__()
        self.block = Block(config, inputs, outputs)
        self.attention = Attention(config, outputs) if attention else None

    def forward(self, x: Tensor, time: Tensor | None) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, H, W)."""
        x = self.block(x, time)
        return x if self.attention is None else self.attention(x)


class UNet(nn.Module):
    """(x_t, t) -> output of x_t's shape, or (x_t, t, labels) with classes; what the output means is the option's affair.

    Attributes
    ----------
    skip_table, scale_table : Tensor, shape (T + 1,), float32; only with `config.skip_by_timestep`
        Factors of x_t and of the inner network at each t (entry 0 is unused); 1 until somebody sets them.

    The first and last convolutions run in float32 under autocast: at small t the noise is finer than
    bfloat16 resolves around -1, and Option A's output differs from x_t by about one percent.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.width * m for m in config.multipliers]
        self.time_mlp: nn.Sequential | None = None
        if config.time == "film":
            size = _time_size(config)
            self.time_mlp = nn.Sequential(nn.Linear(config.width, size), nn.SiLU(), nn.Linear(size, size), nn.SiLU())
        extra = 1 if config.time == "channel" else 0
        self.stem = nn.Conv2d(config.channels + extra, widths[0], 3, padding=1)
        self.down = nn.ModuleList()
        self.downsample = nn.ModuleList()
        previous = widths[0]
        for level, width in enumerate(widths):
            if level:
                self.downsample.append(nn.Conv2d(previous, previous, 3, stride=2, padding=1))
            self.down.append(Level(config, previous, width, level in config.attention))
            previous = width
        self.middle = Level(config, previous, previous, bool(config.attention))
        self.up = nn.ModuleList()
        self.upsample = nn.ModuleList()
        for level, width in reversed(list(enumerate(widths))):
            self.up.append(Level(config, previous + width, width, level in config.attention))
            if level:
                self.upsample.append(nn.ConvTranspose2d(width, widths[level - 1], 2, stride=2))
                previous = widths[level - 1]
        self.head_norm = _norm(config, widths[0])
        self.head_activation = _activation(config)
        self.head = nn.Conv2d(widths[0], config.channels, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(_bias(self.head))
        self.skip_table: Tensor
        self.scale_table: Tensor
        register_tables(self, config)
        # last, so that a seed gives the other weights what it gives them without classes
        self.class_embedding = nn.Embedding(config.classes + 1, _time_size(config)) if config.classes else None

    @property
    def label_count(self) -> int:
        """Labels that it takes: one for each class, and the null label after them; 0 if it is told of none."""
        return 0 if self.class_embedding is None else self.class_embedding.num_embeddings

    @property
    def timestep_count(self) -> int | None:
        """T of its tables; None where it has none."""
        return self.config.timesteps if self.config.skip_by_timestep else None

    def accepts(self, shape: tuple[int, int, int]) -> bool:
        """Whether images (C, H, W) have its channels and halve evenly at every level."""
        return shape[0] == self.config.channels and not any(side % self.config.size_multiple for side in shape[1:])

    def anatomy(self, height: int, width: int) -> Anatomy:
        """As explorer.models.anatomy says it of its configuration."""
        return anatomy(self.config, height, width)

    def time_features(self, t: Tensor, labels: Tensor | None = None) -> Tensor | None:
        """What every block is told of timesteps (N,) and labels (N,): (N, 4 width); None where t comes in as a channel."""
        if self.time_mlp is None:
            return None
        embedded = timestep_embedding(t, self.config.width)
        if self.class_embedding is None:
            features: Tensor = self.time_mlp(embedded)
            return features
        if labels is None:
            raise ValueError("a network with classes is told a label for each image")
        *layers, last = self.time_mlp
        for layer in layers:
            embedded = layer(embedded)
        told: Tensor = last(embedded + self.class_embedding(labels))
        return told

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Predict.

        Parameters
        ----------
        x_t : Tensor, shape (N, C, H, W)
            Noisy images; H and W multiples of `config.size_multiple`.
        t : Tensor of int64, shape (N,)
            Timesteps in 1..T.
        labels : Tensor of int64, shape (N,), or None
            Of a network with classes: 0..classes - 1, or `classes` for none.

        Raises
        ------
        ValueError
            If the image's size does not halve evenly at every level, or there are classes and no labels.
        """
        if any(side % self.config.size_multiple for side in x_t.shape[-2:]):
            raise ValueError(f"images of {tuple(x_t.shape[-2:])}: sides must be multiples of {self.config.size_multiple}")
        time = self.time_features(t, labels)
        h = self._stem(x_t, t)
        skips = []
        for level, stage in enumerate(self.down):
            if level:
                h = self.downsample[level - 1](h)
            h = stage(h, time)
            skips.append(h)
        h = self.middle(h, time)
        for level, stage in enumerate(self.up):
            if level:
                h = self.upsample[level - 1](h)
            h = stage(torch.cat([h, skips.pop()], dim=1), time)
        return self._head(h, x_t, t)

    def _stem(self, x_t: Tensor, t: Tensor) -> Tensor:
        with torch.autocast(x_t.device.type, enabled=False):
            if self.config.time == "channel":
                fraction = (t.float() / self.config.timesteps)[:, None, None, None]
                x_t = torch.cat([x_t, fraction.expand(-1, 1, *x_t.shape[2:])], dim=1)
            return self.stem(x_t.to(self.stem.weight.dtype))

    def _head(self, h: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
        with torch.autocast(x_t.device.type, enabled=False):
            inner: Tensor = self.head(self.head_activation(self.head_norm(h.to(self.head.weight.dtype))))
            return with_outer_skip(self, self.config, inner, x_t, t)


def _norm(config: UNetConfig, channels: int) -> nn.Module:
    return nn.GroupNorm(GROUPS, channels) if config.norm == "group" else nn.Identity()


def _activation(config: UNetConfig) -> nn.Module:
    return nn.SiLU() if config.activation == "silu" else nn.ReLU()


def _time_size(config: UNetConfig) -> int:
    return 4 * config.width


def _bias(conv: nn.Conv2d) -> Tensor:
    assert conv.bias is not None
    return conv.bias

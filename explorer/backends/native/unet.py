"""Our U-Net (explorer.models.unet) as a program of the kernel, and what it is told of each timestep."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from explorer.backends.native import layers
from explorer.backends.native.layers import around, bias_of
from explorer.backends.native.program import Place, Program, Runnable, Tap, spread

if TYPE_CHECKING:
    from explorer.backends.native.library import Level
    from explorer.models.unet import Attention, Block, UNet
    from explorer.models.unet import Level as Stage


def fits(network: UNet) -> bool:
    """Whether the kernel has all its operations."""
    config = network.config
    return config.downsample == "conv" and (not config.attention or config.width % 8 == 0)


def accepts(network: UNet, image: tuple[int, int, int]) -> bool:
    """Whether images (C, H, W) fit the network."""
    return network.accepts(image)


class Lowering:
    """Walks through the network as its `forward` does.

    Attributes
    ----------
    films : list of (int, Linear, list of int)
        Index in the table, the layer that makes scale and shift of the time's features, and the order of channels.
    """

    def __init__(self, network: UNet, level: Level, bfloat16: bool, image: tuple[int, int, int]) -> None:
        self.network, self.config = network, network.config
        self.program = Program(level, bfloat16, image)
        self.films: list[tuple[int, nn.Module, list[int]]] = []
        self.fraction = self.program.in_table(1) if self.config.time == "channel" else None
        self.skip = self.program.in_table(1) if self.config.outer_skip else None
        self.scale = self.program.in_table(1)
        self._has_norm = self.config.norm == "group"

    def lower(self) -> Runnable:
        """The whole network."""
        net, program = self.network, self.program
        h = layers.first(program, net.stem, self.fraction, self._has_norm)
        skips = []
        for number, stage in enumerate(net.down):
            if number:
                h = layers.halved(program, h, cast(nn.Conv2d, net.downsample[number - 1]), self._has_norm)
            h = self._stage(cast("Stage", stage), [h])
            skips.append(h)
        h = self._stage(net.middle, [h])
        for number, stage in enumerate(net.up):
            if number:
                h = self._doubled(h, cast(nn.ConvTranspose2d, net.upsample[number - 1]))
            h = self._stage(cast("Stage", stage), [h, skips.pop()])
        layers.last(program, h, net.head_norm, self.config.activation, net.head, (self.scale, self.skip))
        return program.finish()

    def table(self, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Rows of the table for timesteps (n,) and labels (n,), in float32."""
        config, rows = self.config, torch.zeros(len(t), self.program.table_length)
        if self.fraction is not None:
            rows[:, self.fraction] = t.float() / config.timesteps
        if self.skip is not None:
            rows[:, self.skip] = self.network.skip_table[t.clamp(max=config.timesteps)] if config.skip_by_timestep else 1
        rows[:, self.scale] = self.network.scale_table[t.clamp(max=config.timesteps)] if config.skip_by_timestep else config.output_scale
        features = self.network.time_features(t, labels)
        for start, layer, channels in self.films:
            made = layer(features).unflatten(1, (2, -1))
            rows[:, start : start + 2 * len(channels)] = spread(made, channels).flatten(1)
        return rows

    def _stage(self, stage: Stage, sources: list[Place]) -> Place:
        h = self._block(stage.block, sources, sums=self._has_norm)
        return h if stage.attention is None else self._attention(stage.attention, h)

    def _block(self, block: Block, sources: list[Place], sums: bool) -> Place:
        program, activation = self.program, self.config.activation
        projected = isinstance(block.skip, nn.Conv2d)
        a, raw = program.norm(sources, block.norm1, activation, copy=projected)
        size = a.height, a.width
        h = program.conv(around(a, block.conv1), bias_of(block.conv1), a.row, size, sums=self._has_norm)
        film = None
        if block.film is not None:
            film = program.in_table(2 * len(h.channels))
            self.films.append((film, block.film, h.channels))
        a, _ = program.norm([h], block.norm2, activation, film)
        taps, bias = around(a, block.conv2), bias_of(block.conv2)
        added = sources[0] if isinstance(block.skip, nn.Identity) else None
        if isinstance(block.skip, nn.Conv2d):
            assert raw is not None
            taps.append((raw, raw.row + 1, block.skip.weight.flatten(1)))
            bias = bias + bias_of(block.skip)
        return program.conv(taps, bias, a.row, size, added=added, sums=sums)

    def _attention(self, attention: Attention, h: Place) -> Place:
        qkv, out = ((layer.weight.flatten(1), bias_of(layer)) for layer in (attention.qkv, attention.out))
        return layers.attention(self.program, h, attention.norm, qkv, out, 1, self._has_norm)

    def _doubled(self, h: Place, layer: nn.ConvTranspose2d) -> Place:
        source, _ = self.program.norm([h], border=0)

        def taps(row: int, column: int) -> list[Tap]:
            return [(source, 0, layer.weight[:, :, row, column].T)]

        return layers.doubled(self.program, source, taps, bias_of(layer), self._has_norm)

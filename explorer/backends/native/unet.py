"""Our U-Net (explorer.models.unet) as a program of the kernel, and what it is told of each timestep."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from explorer.backends.native.program import Place, Program, Runnable, filled, spread

if TYPE_CHECKING:
    from explorer.backends.native.library import Level
    from explorer.models.unet import Attention, Block, UNet
    from explorer.models.unet import Level as Stage


def fits(network: UNet) -> bool:
    """Whether the kernel has all its operations."""
    config = network.config
    return not config.attention or config.width % 8 == 0


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
        around = program.gather(self.fraction)
        size = around.height, around.width
        h = program.conv([(around, 0, net.stem.weight.flatten(1))], _bias(net.stem), around.row, size, sums=self._has_norm)
        skips = []
        for number, stage in enumerate(net.down):
            if number:
                h = self._halved(h, cast(nn.Conv2d, net.downsample[number - 1]))
            h = self._stage(cast("Stage", stage), [h])
            skips.append(h)
        h = self._stage(net.middle, [h])
        for number, stage in enumerate(net.up):
            if number:
                h = self._doubled(h, cast(nn.ConvTranspose2d, net.upsample[number - 1]))
            h = self._stage(cast("Stage", stage), [h, skips.pop()])
        last, _ = program.norm([h], net.head_norm, self.config.activation, border=0, exact=True)
        weight = net.head.weight.permute(0, 2, 3, 1).flatten(0, 2)
        given = program.conv([(last, 0, weight)], weight.new_zeros(len(weight)), last.row, size, sums=False)
        program.scatter(given, _bias(net.head), self.scale, self.skip)
        return program.finish()

    def table(self, t: Tensor) -> Tensor:
        """Rows of the table for timesteps (n,), in float32."""
        config, rows = self.config, torch.zeros(len(t), self.program.table_length)
        if self.fraction is not None:
            rows[:, self.fraction] = t.float() / config.timesteps
        if self.skip is not None:
            rows[:, self.skip] = self.network.skip_table[t.clamp(max=config.timesteps)] if config.skip_by_timestep else 1
        rows[:, self.scale] = self.network.scale_table[t.clamp(max=config.timesteps)] if config.skip_by_timestep else config.output_scale
        features = self.network.time_features(t)
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
        h = program.conv(_around(a, block.conv1), _bias(block.conv1), a.row, size, sums=self._has_norm)
        film = None
        if block.film is not None:
            film = program.in_table(2 * len(h.channels))
            self.films.append((film, block.film, h.channels))
        a, _ = program.norm([h], block.norm2, activation, film)
        taps, bias = _around(a, block.conv2), _bias(block.conv2)
        added = sources[0] if isinstance(block.skip, nn.Identity) else None
        if isinstance(block.skip, nn.Conv2d):
            assert raw is not None
            taps.append((raw, raw.row + 1, block.skip.weight.flatten(1)))
            bias = bias + _bias(block.skip)
        return program.conv(taps, bias, a.row, size, added=added, sums=sums)

    def _attention(self, attention: Attention, h: Place) -> Place:
        program, width = self.program, attention.qkv.in_channels
        a, _ = program.norm([h], attention.norm, border=0)
        third = filled(width)
        channels = [part * width + channel if channel >= 0 else -1 for part in range(3) for channel in third]
        size = h.height, h.width
        weight = attention.qkv.weight.flatten(1)
        qkv = program.conv([(a, 0, weight)], _bias(attention.qkv), a.row, size, channels=channels, sums=False)
        mixed, _ = program.norm([program.attention(qkv, 1, width)], border=0)
        weight = attention.out.weight.flatten(1)
        return program.conv([(mixed, 0, weight)], _bias(attention.out), mixed.row, size, added=h, sums=self._has_norm)

    def _halved(self, h: Place, layer: nn.Conv2d) -> Place:
        a, _ = self.program.norm([h], split=True)
        half = a.row // 2
        taps = [(a, y * a.row + x % 2 * half + x // 2, layer.weight[:, :, y, x]) for y in range(3) for x in range(3)]
        return self.program.conv(taps, _bias(layer), 2 * a.row, (h.height // 2, h.width // 2), sums=self._has_norm)

    def _doubled(self, h: Place, layer: nn.ConvTranspose2d) -> Place:
        a, _ = self.program.norm([h], border=0)
        out: Place | None = None
        for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            taps = [(a, 0, layer.weight[:, :, row, column].T)]
            out = self.program.conv(
                taps, _bias(layer), a.row, (h.height, h.width), into=out, corner=(row, column), sums=self._has_norm,
                joined=(row, column) != (1, 1),
            )  # fmt: skip
        assert out is not None
        return out


def _around(source: Place, conv: nn.Conv2d) -> list[tuple[Place, int, Tensor]]:
    """The nine taps of a 3x3 convolution over a source with a border."""
    return [(source, y * source.row + x, conv.weight[:, :, y, x]) for y in range(3) for x in range(3)]


def _bias(conv: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    assert conv.bias is not None
    return conv.bias

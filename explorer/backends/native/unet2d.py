"""diffusers' UNet2DModel as a program of the kernel: residual blocks with t added between them, attention, nearest up-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from explorer.backends.native import layers
from explorer.backends.native.layers import around, bias_of
from explorer.backends.native.program import Place, Program, Runnable, Tap, filled, spread

if TYPE_CHECKING:
    from explorer.backends.native.library import Level

BLOCKS = {"DownBlock2D", "AttnDownBlock2D", "UpBlock2D", "AttnUpBlock2D", "UNetMidBlock2D", "NoneType"}
ROWS = {0: (-1, 0, 0), 1: (0, 0, 1)}
"""Rows of the image before a nearest up-sampling, relative to y, under the 3 taps at its row 2 y, and at 2 y + 1."""


def fits(network: Any) -> bool:
    """Whether the kernel has all that this one's settings ask for."""
    config = network.config
    blocks = [*network.down_blocks, network.mid_block, *network.up_blocks]
    resnets = [resnet for block in blocks if block is not None for resnet in block.resnets]
    attentions = [each for block in blocks for each in getattr(block, "attentions", ()) if each is not None]
    return (
        all(type(block).__name__ in BLOCKS for block in blocks)
        and config.in_channels == config.out_channels
        and (network.class_embedding is None or type(network.class_embedding) is nn.Embedding)
        and not config.center_input_sample
        and config.time_embedding_type == "positional"
        and config.act_fn in ("silu", "swish")
        and config.downsample_type == config.upsample_type == "conv"
        and all(resnet.output_scale_factor == 1 for resnet in resnets)
        and all(
            each.inner_dim // each.heads % 8 == 0 and each.rescale_output_factor == 1 and each.residual_connection for each in attentions
        )
    )


def accepts(network: Any, image: tuple[int, int, int]) -> bool:
    """Whether images (C, H, W) have its channels and halve evenly."""
    multiple = 2 ** (len(network.down_blocks) - 1)
    return image[0] == network.config.in_channels and not any(side % multiple for side in image[1:])


class Lowering:
    """Walks through the network as its `forward` does.

    Attributes
    ----------
    told : list of (int, Module, list of int, int)
        Index in the table, the residual block whose values begin there, the order of channels, and 1 value for each or 2 (scale, shift).
    """

    def __init__(self, network: Any, level: Level, bfloat16: bool, image: tuple[int, int, int]) -> None:
        self.network = network
        self.program = Program(level, bfloat16, image)
        self.told: list[tuple[int, Any, list[int], int]] = []
        self.scale = self.program.in_table(1)

    def lower(self) -> Runnable:
        """The whole network."""
        net = self.network
        h = layers.first(self.program, net.conv_in, None, sums=True)
        skips = [h]
        for block in net.down_blocks:
            for resnet, attention in zip(block.resnets, _attentions(block), strict=True):
                h = self._attention(attention, self._resnet(resnet, [h]))
                skips.append(h)
            for down in block.downsamplers or ():
                h = layers.halved(self.program, h, down.conv, sums=True, start=1 - down.padding)
                skips.append(h)
        if net.mid_block is not None:
            begin, *rest = net.mid_block.resnets
            h = self._resnet(begin, [h])
            for resnet, attention in zip(rest, net.mid_block.attentions, strict=True):
                h = self._resnet(resnet, [self._attention(attention, h)])
        for block in net.up_blocks:
            for resnet, attention in zip(block.resnets, _attentions(block), strict=True):
                h = self._attention(attention, self._resnet(resnet, [h, skips.pop()]))
            for up in block.upsamplers or ():
                h = self._doubled(h, up.conv)
        layers.last(self.program, h, net.conv_norm_out, "silu", net.conv_out, (self.scale, None))
        return self.program.finish()

    def table(self, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Rows of the table for timesteps (n,) and labels (n,), in float32 (ValueError without labels that it needs)."""
        rows = torch.zeros(len(t), self.program.table_length)
        rows[:, self.scale] = 1
        features = self.network.time_embedding(self.network.time_proj(t))
        if self.network.class_embedding is not None:
            if labels is None:
                raise ValueError("a network with classes is told a label for each image")
            features = features + self.network.class_embedding(labels)
        for start, resnet, channels, times in self.told:
            made = resnet.time_emb_proj(features if resnet.skip_time_act else resnet.nonlinearity(features)).unflatten(1, (times, -1))
            rows[:, start : start + times * len(channels)] = spread(made, channels).flatten(1)
        return rows

    def _resnet(self, resnet: Any, sources: list[Place]) -> Place:
        program = self.program
        a, raw = program.norm(sources, resnet.norm1, "silu", copy=resnet.conv_shortcut is not None)
        size, conv, film = (a.height, a.width), resnet.conv1, resnet.time_embedding_norm == "scale_shift"
        channels = filled(conv.out_channels)
        start = program.in_table((2 if film else 1) * len(channels))
        self.told.append((start, resnet, channels, 2 if film else 1))
        h = program.conv(around(a, conv), bias_of(conv), a.row, size, table_bias=None if film else start)
        a, _ = program.norm([h], resnet.norm2, "silu", start if film else None)
        taps, bias = around(a, resnet.conv2), bias_of(resnet.conv2)
        if raw is None:
            return program.conv(taps, bias, a.row, size, added=sources[0])
        taps.append((raw, raw.row + 1, resnet.conv_shortcut.weight.flatten(1)))
        return program.conv(taps, bias + bias_of(resnet.conv_shortcut), a.row, size)

    def _attention(self, attention: Any, h: Place) -> Place:
        if attention is None:
            return h
        qkv = [attention.to_q, attention.to_k, attention.to_v]
        weights = torch.cat([layer.weight for layer in qkv]), torch.cat([bias_of(layer) for layer in qkv])
        out = attention.to_out[0]
        return layers.attention(self.program, h, attention.group_norm, weights, (out.weight, bias_of(out)), attention.heads, sums=True)

    def _doubled(self, h: Place, conv: nn.Conv2d) -> Place:
        """Nearest up-sampling and a 3x3 convolution: of its nine taps several meet one pixel, and their weights are added."""
        source, _ = self.program.norm([h])

        def taps(row: int, column: int) -> list[Tap]:
            weights: dict[int, Tensor] = {}
            for y, dy in enumerate(ROWS[row]):
                for x, dx in enumerate(ROWS[column]):
                    offset = (1 + dy) * source.row + 1 + dx
                    weights[offset] = weights.get(offset, 0) + conv.weight[:, :, y, x]
            return [(source, offset, weight) for offset, weight in weights.items()]

        return layers.doubled(self.program, source, taps, bias_of(conv), sums=True)


def _attentions(block: Any) -> list[Any]:
    return list(getattr(block, "attentions", None) or [None] * len(block.resnets))

"""A U-Net of improved-diffusion or guided-diffusion as diffusers' UNet2DModel: the same network under other names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from explorer.recipe.told import AttentionOrder
from explorer.sources.openai.sizes import Sizes
from explorer.sources.renamed import Taken, flat, layers, with_heads

_BLOCK = {
    "in_layers.0": "norm1", "in_layers.2": "conv1", "emb_layers.1": "time_emb_proj", "out_layers.0": "norm2", "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}  # fmt: skip


def settings_of(sizes: Sizes) -> dict[str, Any]:
    """Settings of the UNet2DModel that has these sizes; of its attention the heads are not said."""
    by_block = sizes.resampler == "block"
    down, up = ("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D") if by_block else ("DownBlock2D", "UpBlock2D")
    return {
        "in_channels": sizes.channels, "out_channels": sizes.makes, "block_out_channels": sizes.widths, "layers_per_block": sizes.blocks,
        "down_block_types": tuple("AttnDownBlock2D" if attends else down for attends in sizes.attends),
        "up_block_types": tuple("AttnUpBlock2D" if attends else up for attends in reversed(sizes.attends)),
        "downsample_type": "resnet" if by_block else "conv", "upsample_type": "resnet" if by_block else "conv",
        "resnet_time_scale_shift": "scale_shift" if sizes.scale_shift else "default", "attn_norm_num_groups": 32,
        "flip_sin_to_cos": True, "freq_shift": 0, "time_embedding_dim": sizes.time_hidden, "attention_head_dim": None,
        "num_class_embeds": sizes.classes or None,
    }  # fmt: skip


def fitted(unet: Any, sizes: Sizes, heads_of: Callable[[int], int], rescaled: float = 1.0) -> Any:
    """The UNet2DModel of these settings with what they cannot say.

    Parameters
    ----------
    unet : diffusers.UNet2DModel
        On the meta device.
    sizes : Sizes
    heads_of : callable
        Number of heads of attention of so many channels.
    rescaled : float
        What timesteps are multiplied by before the network is told them.
    """
    from diffusers.models.embeddings import TimestepEmbedding, Timesteps

    unet = with_heads(unet, heads_of)
    if sizes.time_width != sizes.widths[0]:
        unet.time_proj = Timesteps(sizes.time_width, True, 0)
        with torch.device("meta"):
            unet.time_embedding = TimestepEmbedding(sizes.time_width, sizes.time_hidden)
    if rescaled != 1:
        unet.time_proj = Rescaled(unet.time_proj, rescaled)
    return unet


class Rescaled(nn.Module):
    """Features of timesteps (n,) times a factor."""

    def __init__(self, features: nn.Module, factor: float) -> None:
        super().__init__()
        self.features, self.factor = features, factor

    def forward(self, t: Tensor) -> Tensor:
        """Features (n, width) of t, float32."""
        made: Tensor = self.features(t.float() * self.factor)
        return made


def filled(found: dict[str, Tensor], sizes: Sizes) -> dict[str, Tensor]:
    """Weights by the file's names, with convolutions where its network averages four pixels into one or repeats one, and learns nothing."""
    if sizes.resampler != "average":
        return found
    made = dict(found)
    for level in range(sizes.levels - 1):
        down, up = sizes.widths[level], sizes.widths[level + 1]
        index = (level + 1) * (sizes.blocks + 1)
        made[f"input_blocks.{index}.0.op.weight"] = _each_by_itself(down, slice(1, 3), 0.25)
        made[f"input_blocks.{index}.0.op.bias"] = torch.zeros(down)
        place = f"output_blocks.{(sizes.levels - 1 - level) * (sizes.blocks + 1) - 1}.{2 if sizes.attends[level + 1] else 1}.conv"
        made |= {f"{place}.weight": _each_by_itself(up, slice(1, 2), 1.0), f"{place}.bias": torch.zeros(up)}
    return made


def _each_by_itself(channels: int, taps: slice, value: float) -> Tensor:
    """A convolution (C, C, 3, 3) of each channel by itself, a value at these taps of its rows and its columns."""
    weight = torch.zeros(channels, channels, 3, 3)
    weight[:, :, taps, taps] = value * torch.eye(channels)[:, :, None, None]
    return weight


def taken(sizes: Sizes, heads_of: Callable[[int], int], order: AttentionOrder) -> dict[str, Taken]:
    """Where each of the UNet2DModel's weights comes from, by its names (parameters as of `fitted`)."""
    group, levels = sizes.blocks + 1, sizes.levels
    found = {
        **layers("time_embed.0", "time_embedding.linear_1"), **layers("time_embed.2", "time_embedding.linear_2"),
        **layers("input_blocks.0.0", "conv_in"), **layers("out.0", "conv_norm_out"), **layers("out.2", "conv_out"),
        **_block("middle_block.0", "mid_block.resnets.0", True), **_block("middle_block.2", "mid_block.resnets.1", True),
        **_attention("middle_block.1", "mid_block.attentions.0", heads_of, order),
    }  # fmt: skip
    if sizes.classes:
        found["class_embedding.weight"] = Taken("label_emb.weight")
    widths = (sizes.widths[0], *sizes.widths)
    for level in range(levels):
        attends, ours = sizes.attends[level], f"down_blocks.{level}"
        for index in range(sizes.blocks):
            theirs = f"input_blocks.{1 + level * group + index}"
            found |= _block(f"{theirs}.0", f"{ours}.resnets.{index}", widths[level] == widths[level + 1] or index > 0)
            found |= _attention(f"{theirs}.1", f"{ours}.attentions.{index}", heads_of, order) if attends else {}
        if level < levels - 1:
            found |= _resampler(f"input_blocks.{(level + 1) * group}.0", f"{ours}.downsamplers.0", "op", sizes)
        ours, first = f"up_blocks.{levels - 1 - level}", (levels - 1 - level) * group
        for index in range(group):
            theirs = f"output_blocks.{first + index}"
            found |= _block(f"{theirs}.0", f"{ours}.resnets.{index}", False)
            found |= _attention(f"{theirs}.1", f"{ours}.attentions.{index}", heads_of, order) if attends else {}
        if level > 0:
            found |= _resampler(f"output_blocks.{first + sizes.blocks}.{2 if attends else 1}", f"{ours}.upsamplers.0", "conv", sizes)
    return found


def _block(theirs: str, ours: str, same_width: bool) -> dict[str, Taken]:
    """A residual block, which has a shortcut of its own where its width changes."""
    found: dict[str, Taken] = {}
    for part, name in _BLOCK.items():
        if not (same_width and part == "skip_connection"):
            found |= layers(f"{theirs}.{part}", f"{ours}.{name}")
    return found


def _resampler(theirs: str, ours: str, layer: str, sizes: Sizes) -> dict[str, Taken]:
    if sizes.resampler == "block":
        return _block(theirs, ours, True)
    return layers(f"{theirs}.{layer}", f"{ours}.conv")


def _attention(theirs: str, ours: str, heads_of: Callable[[int], int], order: AttentionOrder) -> dict[str, Taken]:
    found = layers(f"{theirs}.norm", f"{ours}.group_norm") | layers(f"{theirs}.proj_out", f"{ours}.to_out.0", flat)
    for index, name in enumerate(("to_q", "to_k", "to_v")):
        found |= layers(f"{theirs}.qkv", f"{ours}.{name}", partial(third, index, heads_of, order))
    return found


def third(index: int, heads_of: Callable[[int], int], order: AttentionOrder, qkv: Tensor) -> Tensor:
    """Queries, keys or values of a layer that makes all three of them, (3 C, ...) to (C, ...).

    Parameters
    ----------
    index : 0, 1 or 2
    heads_of : callable
    order : "legacy" or "new"
        Whether its rows are heads first and the three within each, or the three first.
    qkv : Tensor
    """
    if len(qkv) % 3:
        return qkv  # which the check of shapes names
    heads = heads_of(len(qkv) // 3)
    rows = flat(qkv) if qkv.ndim > 1 else qkv
    parted = rows.unflatten(0, (heads, 3, -1) if order == "legacy" else (1, 3, -1))
    return parted[:, index].flatten(0, 1)

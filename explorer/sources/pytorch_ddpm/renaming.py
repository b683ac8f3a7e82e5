"""pytorch-ddpm's U-Net as diffusers' UNet2DModel: the same network under other names."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from explorer.sources.pytorch_ddpm.sizes import Sizes
from explorer.sources.renamed import Taken, as_it_is, flat, layers

TABLE = "time_embedding.timembedding.0.weight"
_CLOSE = 1e-3
"""float32 turns 1,000 radians by less."""
_BLOCK = {"block1.0": "norm1", "block1.2": "conv1", "temb_proj.1": "time_emb_proj", "block2.0": "norm2", "block2.3": "conv2"}
_ATTENTION = {"proj_q": "to_q", "proj_k": "to_k", "proj_v": "to_v", "proj": "to_out.0"}


def settings_of(sizes: Sizes, usual: bool) -> dict[str, Any]:
    """Settings of the UNet2DModel that has these sizes, its attention of one head.

    Parameters
    ----------
    sizes : Sizes
    usual : bool
        Its table of timesteps is the usual one (see `is_usual`).
    """
    return {
        "in_channels": sizes.channels, "out_channels": sizes.channels, "block_out_channels": sizes.widths, "layers_per_block": sizes.blocks,
        "down_block_types": tuple("AttnDownBlock2D" if attends else "DownBlock2D" for attends in sizes.attends),
        "up_block_types": tuple("AttnUpBlock2D" if attends else "UpBlock2D" for attends in reversed(sizes.attends)),
        "flip_sin_to_cos": True, "freq_shift": 0, "time_embedding_dim": sizes.hidden, "attention_head_dim": None,
        "time_embedding_type": "positional" if usual else "learned", "num_train_timesteps": sizes.timesteps,
    }  # fmt: skip


def is_usual(table: Tensor) -> bool:
    """Whether a table (T, width) is that of sines and cosines by turns, which the library computes; else the file's own is looked up."""
    rows, width = table.shape
    frequencies = torch.exp(-math.log(10000) * torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(rows, dtype=torch.float64)[:, None] * frequencies
    return bool((torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1) - table).abs().max() < _CLOSE)


def cosines_first(weight: Tensor) -> Tensor:
    """Columns (out, width) of a layer after the table, for all cosines first and all sines then."""
    return torch.cat([weight[:, 1::2], weight[:, 0::2]], dim=1)


def taken(sizes: Sizes, usual: bool) -> dict[str, Taken]:
    """Where each of the UNet2DModel's weights comes from, by its names (parameters as of `settings_of`)."""
    first = "time_embedding.timembedding.1"
    found = {
        **({} if usual else {"time_proj.weight": Taken(TABLE)}),
        "time_embedding.linear_1.weight": Taken(f"{first}.weight", cosines_first if usual else as_it_is),
        "time_embedding.linear_1.bias": Taken(f"{first}.bias"),
        **layers("time_embedding.timembedding.3", "time_embedding.linear_2"),
        **layers("head", "conv_in"), **layers("tail.0", "conv_norm_out"), **layers("tail.2", "conv_out"),
        **_block("middleblocks.0", "mid_block", 0, "same"), **_attention("middleblocks.0", "mid_block", 0),
        **_block("middleblocks.1", "mid_block", 1, "same"),
    }  # fmt: skip
    levels, group = len(sizes.widths), sizes.blocks + 1
    befores = (sizes.widths[0], *sizes.widths)
    for level in range(levels):
        ours, up = f"down_blocks.{level}", f"up_blocks.{levels - 1 - level}"
        for index in range(sizes.blocks):
            theirs = f"downblocks.{level * group + index}"
            found |= _block(theirs, ours, index, "same" if index or befores[level] == sizes.widths[level] else "other")
            found |= _attention(theirs, ours, index) if sizes.attends[level] else {}
        if level < levels - 1:
            found |= layers(f"downblocks.{level * group + sizes.blocks}.main", f"{ours}.downsamplers.0.conv")
        first_up = (levels - 1 - level) * (group + 1)  # each level but the finest has one block more, which doubles
        for index in range(group):
            found |= _block(f"upblocks.{first_up + index}", up, index, "other")
            found |= _attention(f"upblocks.{first_up + index}", up, index) if sizes.attends[level] else {}
        if level > 0:
            found |= layers(f"upblocks.{first_up + group}.main", f"{up}.upsamplers.0.conv")
    return found


def _block(theirs: str, ours: str, index: int, width: str) -> dict[str, Taken]:
    """A residual block, which has a shortcut of its own where its width is another."""
    found: dict[str, Taken] = {}
    for part, name in (_BLOCK | ({"shortcut": "conv_shortcut"} if width == "other" else {})).items():
        found |= layers(f"{theirs}.{part}", f"{ours}.resnets.{index}.{name}")
    return found


def _attention(theirs: str, ours: str, index: int) -> dict[str, Taken]:
    found = layers(f"{theirs}.attn.group_norm", f"{ours}.attentions.{index}.group_norm")
    for part, name in _ATTENTION.items():
        found |= layers(f"{theirs}.attn.{part}", f"{ours}.attentions.{index}.{name}", flat)
    return found

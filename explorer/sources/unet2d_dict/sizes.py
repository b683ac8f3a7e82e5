"""What names and shapes say of diffusers' UNet2DModel, where its config.json is not there. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from explorer.sources.tensor_file import Outline
from explorer.sources.weights_in import shape_of

MARKS = (
    "conv_in.weight", "time_embedding.linear_1.weight", "down_blocks.0.resnets.0.conv1.weight", "conv_norm_out.weight", "conv_out.weight",
)  # fmt: skip
CONDITIONAL = (".transformer_blocks.", "encoder_hid_proj", "add_embedding")
"""In names of networks that are told more than t and a class."""
GROUPS = 32
MOST = 64

_shape = partial(shape_of, whose="a UNet2DModel does")


def is_of_class(tensors: Mapping[str, Outline]) -> bool:
    """Whether names are those of a UNet2DModel."""
    return all(name in tensors for name in MARKS) and not any(part in name for name in tensors for part in CONDITIONAL)


def settings_of(tensors: Mapping[str, Outline]) -> dict[str, Any]:
    """Settings of the class that have these shapes, those that have none left as they are by default; heads are not said.

    Raises
    ------
    ValueError
        If there are none such.
    """
    if "time_proj.weight" in tensors:
        raise ValueError("is told a noise level, or t through a table of its own (time_proj): only its config.json says how")
    levels, layers = _count(tensors, "down_blocks.{}.resnets.0.conv1.weight"), _count(tensors, "down_blocks.0.resnets.{}.conv1.weight")
    widths = tuple(_shape(tensors, f"down_blocks.{level}.resnets.0.conv1.weight", 4)[0] for level in range(levels))
    if any(width % GROUPS for width in widths):
        these = ", ".join(map(str, widths))
        raise ValueError(f"has levels of {these} channels, so its group norms are not of {GROUPS} groups: save_pretrained says of how many")
    by_block = levels > 1 and "down_blocks.0.downsamplers.0.conv1.weight" in tensors
    told = _shape(tensors, "down_blocks.0.resnets.0.time_emb_proj.weight", 2)[0]
    down, up = ("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D") if by_block else ("DownBlock2D", "UpBlock2D")
    return {
        "in_channels": _shape(tensors, "conv_in.weight", 4)[1], "out_channels": _shape(tensors, "conv_out.weight", 4)[0],
        "block_out_channels": widths, "layers_per_block": layers,
        "time_embedding_dim": _shape(tensors, "time_embedding.linear_1.weight", 2)[0],
        "down_block_types": tuple("AttnDownBlock2D" if _attends(tensors, "down", level) else down for level in range(levels)),
        "up_block_types": tuple("AttnUpBlock2D" if _attends(tensors, "up", level) else up for level in range(levels)),
        "downsample_type": "resnet" if by_block else "conv", "upsample_type": "resnet" if by_block else "conv",
        "resnet_time_scale_shift": "scale_shift" if told == 2 * widths[0] else "default",
        "attn_norm_num_groups": GROUPS if "mid_block.attentions.0.group_norm.weight" in tensors else None,
        "add_attention": any(name.startswith("mid_block.attentions.") for name in tensors), "attention_head_dim": None,
        "num_class_embeds": _shape(tensors, "class_embedding.weight", 2)[0] if "class_embedding.weight" in tensors else None,
    }  # fmt: skip


def attended(settings: Mapping[str, Any]) -> tuple[int, ...]:
    """Channels of its attention, each number once."""
    widths = settings["block_out_channels"]
    found = {widths[level] for level, kind in enumerate(settings["down_block_types"]) if kind.startswith("Attn")}
    found |= {widths[-1 - level] for level, kind in enumerate(settings["up_block_types"]) if kind.startswith("Attn")}
    return tuple(sorted(found | ({widths[-1]} if settings["add_attention"] else set())))


def _attends(tensors: Mapping[str, Outline], way: str, level: int) -> bool:
    return any(f"{way}_blocks.{level}.attentions.0.{part}.weight" in tensors for part in ("to_q", "query"))


def _count(tensors: Mapping[str, Outline], name: str) -> int:
    return next(index for index in range(MOST + 1) if index == MOST or name.format(index) not in tensors)

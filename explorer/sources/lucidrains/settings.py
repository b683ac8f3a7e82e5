"""The model card: what shapes and buffers say, and what was told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from explorer.checkpoints.card import (
    FORMAT_VERSION,
    UNSAID,
    VALUE_RANGE,
    Card,
    DataCard,
    NetworkCard,
    OriginCard,
    SamplerCard,
    ScheduleCard,
)
from explorer.errors import BadInput
from explorer.recipe.told import MAX_TIMESTEPS, Told
from explorer.sources.lucidrains.buffers import objective_of, schedule_of
from explorer.sources.lucidrains.shapes import NetworkShape
from explorer.sources.tensor_reading import tensors

if TYPE_CHECKING:
    from explorer.sources.lucidrains.finding import Found

NETWORK = "denoising-diffusion-pytorch U-Net"


def card_of(path: Path, found: Found, shape: NetworkShape, told: Told) -> Card:
    """Card of a lane (BadInput if its buffers are none of a DDPM, or there are no images of the size that was told)."""
    try:
        option, schedule = _process(path, found, told)
        size = told.image_size or (shape.multiple, shape.multiple)
        if any(side % shape.multiple for side in size):
            raise ValueError(f"it takes images whose sides are multiples of {shape.multiple}, not {size[0]} x {size[1]}")
        said = (
            ("its weights as they were trained: there are no averaged ones in it", not found.averaged),
            ("it is told the x0_hat of the state before (self-conditioning), which is kept with each state", shape.self_conditioned),
            ("it has learned a variance, which its sampler uses, and so does a new lane", shape.learned_variance),
            ("x0_hat is kept in [-1, 1] unless a lane is told otherwise, as its sampler always does", True),
        )
        notes = tuple(note for note, holds in said if holds)
        sampler = SamplerCard(clip=True, variance="learned" if shape.learned_variance else "small")
        by = f", version {found.version[:20]}" if found.version else ""
        return Card(
            FORMAT_VERSION, "ddpm", NetworkCard(NETWORK, _network(shape)), DataCard(UNSAID, (shape.channels, *size), VALUE_RANGE, ""),
            option, schedule,
            origin=OriginCard(f"a file of denoising-diffusion-pytorch{by}", notes, sampler, learned_variance=shape.learned_variance),
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None


def _process(path: Path, found: Found, told: Told) -> tuple[Literal["A", "B", "C", "V"], ScheduleCard]:
    if "betas" not in found.tensors:
        if told.betas is not None:
            return told.predicts or "V", ScheduleCard("betas", len(told.betas), told.betas)
        return told.predicts or "V", ScheduleCard(told.schedule or "linear", told.timesteps or 1000)
    betas = _buffer(path, found, "betas")
    schedule = schedule_of(betas)
    if "loss_weight" in found.tensors:
        return objective_of(_buffer(path, found, "loss_weight"), betas), schedule
    return told.predicts or "C", schedule


def _buffer(path: Path, found: Found, name: str) -> np.ndarray:
    T = found.tensors["betas"].size
    if found.tensors[name].shape != (T,) or T > MAX_TIMESTEPS:
        raise ValueError(f"its {name} is not one number for each timestep")
    read = tensors(path, found.where, found.prefix + name).get("")
    if read is None:
        raise ValueError(f"its {name} cannot be read")
    values: np.ndarray = read.numpy()
    return values


def _network(shape: NetworkShape) -> dict[str, int | str | list[int]]:
    attention = shape.middle_attention
    return {
        "dim": shape.dim, "channels of the levels": [level.next for level in shape.downs],
        "full attention at levels": [i for i, level in enumerate(shape.downs) if not level.attention.linear],
        "heads": attention.heads, "channels of a head": attention.size,
    }  # fmt: skip

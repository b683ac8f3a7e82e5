"""The model card of a UNet2DModel's state dict: what its shapes say, and what a person tells. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, ClassesCard, DataCard, NetworkCard, OriginCard, ScheduleCard
from explorer.recipe.told import NO_NULL, Told
from explorer.sources.asking import Question
from explorer.sources.pictures import check_channels, check_size
from explorer.sources.plain_betas import plain_linear

HEAD_CHANNELS = 8
"""The class's default."""


def asked(settings: Mapping[str, Any], classes: int, channels: int) -> tuple[Question, ...]:
    """What the file does not say: of the course's network all is usual that its notebook has.

    Parameters
    ----------
    settings : mapping
        As of `settings_of`.
    classes, channels : int
        Classes that it is told, and channels that they are told as beside the image; 0 where there are none.

    Raises
    ------
    ValueError
        If it makes no step of a chain, whatever is told of it.
    """
    check_channels(settings["in_channels"] - channels, settings["out_channels"], variance=True)
    course = bool(channels)
    side = max(28 if course else 32, 2 ** (len(settings["block_out_channels"]) - 1))
    null = (Question("null_label", NO_NULL, "only its author knows whether a label stands for no class"),) if classes else ()
    return (
        Question("predicts", "C", "its scheduler is not in the file"), Question("schedule", "cosine" if course else "linear"),
        Question("timesteps", 1000), Question("image_size", (side, side), "any size fits its weights"),
        Question("head_channels", HEAD_CHANNELS, "any number of heads fits the same weights", instead="heads"), *null,
    )  # fmt: skip


def heads_of(told: Told, channels: int) -> int:
    """Heads of attention of so many channels (ValueError if what was told does not divide them)."""
    if told.heads is not None:
        if channels % told.heads:
            raise ValueError(f"{told.heads} heads (--heads) do not divide the {channels} channels of its attention")
        return told.heads
    width = told.head_channels or HEAD_CHANNELS
    if channels % width:
        raise ValueError(f"heads of {width} channels (--head-channels) do not divide the {channels} of its attention")
    return channels // width


def heads_told(told: Told) -> dict[str, int | None]:
    """The setting of the class that says them, so that it is written with the network; it has none for so many heads at any width."""
    return {"attention_head_dim": None if told.heads is not None else told.head_channels or HEAD_CHANNELS}


def card_of(settings: Mapping[str, Any], classes: int, channels: int, told: Told) -> Card:
    """Card of a network (parameters as of `asked`).

    Raises
    ------
    ValueError
        If it makes no step of a chain, or what was told does not fit it.
    """
    takes, makes = settings["in_channels"] - channels, settings["out_channels"]
    check_channels(takes, makes, variance=True)
    if told.predicts == "A":
        raise ValueError("no network of diffusers predicts the posterior mean (--predicts)")
    multiple = 2 ** (len(settings["block_out_channels"]) - 1)
    height, width = told.image_size or (multiple, multiple)
    check_size((height, width), multiple)
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items() if value is not None}
    notes = ["there is no config.json: what its shapes do not say is as the class has it, or was told of it"]
    if channels:
        notes.append(f"a class is told as {channels} channels beside those of x_t, as in unit 2 of the Hugging Face course")
    return Card(
        FORMAT_VERSION, "ddpm", NetworkCard("UNet2DModel", kept), DataCard("not said", (takes, height, width), VALUE_RANGE, ""),
        told.predicts or "C", _schedule(told), classes=_classes(classes, told),
        origin=OriginCard("the state dict of a UNet2DModel of diffusers", tuple(notes), learned_variance=makes != takes),
    )  # fmt: skip


def _classes(labels: int, told: Told) -> ClassesCard | None:
    return ClassesCard(labels, None if told.null_label in (None, NO_NULL) else told.null_label) if labels else None


def _schedule(told: Told) -> ScheduleCard:
    if told.betas is not None:
        return ScheduleCard("betas", len(told.betas), told.betas)
    T = told.timesteps or 1000
    return ScheduleCard("cosine", T) if told.schedule == "cosine" else plain_linear(T)

"""The model card of a U-Net of improved-diffusion or guided-diffusion: what its shapes say, and what a person tells. No torch."""

from __future__ import annotations

from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, ClassesCard, DataCard, NetworkCard, OriginCard, ScheduleCard
from explorer.recipe.told import NO_NULL, Told
from explorer.sources.asking import Question
from explorer.sources.openai.sizes import Sizes
from explorer.sources.pictures import check_channels, check_size

NETWORK = "U-Net of guided-diffusion"
HEADS, HEAD_CHANNELS = 4, 64
"""What improved-diffusion has unless told otherwise, and what the published networks of guided-diffusion have."""


def asked(sizes: Sizes) -> tuple[Question, ...]:
    """What the file does not say, with what most of the family mean (ValueError as `check`)."""
    check(sizes)
    side = max(sizes.likely_side, sizes.multiple)
    heads = (
        Question("head_channels", HEAD_CHANNELS, "any number of heads fits the same weights", instead="heads")
        if sizes.resampler == "block" and not any(width % HEAD_CHANNELS for width in sizes.attended)
        else Question("heads", HEADS, "any number of heads fits the same weights", instead="head_channels")
    )
    null = (Question("null_label", NO_NULL, "only its author knows whether a label stands for no class"),) if sizes.classes else ()
    return (
        heads, Question("attention_order", "legacy", "use_new_attention_order; both fit the same weights"),
        Question("predicts", "C", "predict_xstart: B"), Question("schedule", "linear", "noise_schedule"),
        Question("timesteps", 1000, "diffusion_steps"),
        Question("time_input", "fraction", "rescale_timesteps: of T timesteps its t counts in thousandths; the same at T = 1000"),
        Question("image_size", (side, side), "any size fits its weights"), *null,
    )  # fmt: skip


def check(sizes: Sizes) -> None:
    """Refuse what makes no step of a chain of images (ValueError)."""
    if sizes.channels == 6 and sizes.makes in (3, 6):
        raise ValueError("is a super-resolution network, which is told a small image beside x_t: only networks of x_t and t open here")
    check_channels(sizes.channels, sizes.makes, variance=True)


def heads_of(sizes: Sizes, told: Told, channels: int) -> int:
    """Heads of attention of so many channels.

    Raises
    ------
    ValueError
        If what was told divides no channels into heads.
    """
    if told.head_channels is not None:
        if channels % told.head_channels:
            raise ValueError(f"heads of {told.head_channels} channels (--head-channels) do not divide the {channels} of its attention")
        return channels // told.head_channels
    heads = told.heads or HEADS
    if channels % heads:
        raise ValueError(f"{heads} heads (--heads) do not divide the {channels} channels of its attention")
    return heads


def schedule_told(told: Told) -> ScheduleCard:
    """The schedule by its name: the linear one is rescaled by 1000 / T, as in both programs and in this one."""
    if told.betas is not None:
        return ScheduleCard("betas", len(told.betas), told.betas)
    return ScheduleCard(told.schedule or "linear", told.timesteps or 1000)


def card_of(sizes: Sizes, told: Told) -> Card:
    """Card of a network.

    Raises
    ------
    ValueError
        If what was told does not fit it.
    """
    check(sizes)
    for width in sizes.attended:
        heads_of(sizes, told, width)
    height, width = told.image_size or (32, 32)
    check_size((height, width), sizes.multiple)
    config = {
        "channels": sizes.time_width, "widths": list(sizes.widths), "res_blocks": sizes.blocks,
        "attention": [level for level, attends in enumerate(sizes.attends) if attends], "scale_shift_norm": sizes.scale_shift,
        "resblock_updown": sizes.resampler == "block",
        **({"head_channels": told.head_channels} if told.head_channels else {"heads": told.heads or HEADS}),
        "attention_order": told.attention_order or "legacy",
    }  # fmt: skip
    return Card(
        FORMAT_VERSION, "ddpm", NetworkCard(NETWORK, config), DataCard("not said", (sizes.channels, height, width), VALUE_RANGE, ""),
        told.predicts or "C", schedule_told(told), classes=_classes(sizes, told),
        origin=OriginCard(
            "weights of improved-diffusion or guided-diffusion", _notes(sizes, told), learned_variance=sizes.makes != sizes.channels,
        ),
    )  # fmt: skip


def _classes(sizes: Sizes, told: Told) -> ClassesCard | None:
    if not sizes.classes:
        return None
    return ClassesCard(sizes.classes, None if told.null_label in (None, NO_NULL) else told.null_label)


def _notes(sizes: Sizes, told: Told) -> tuple[str, ...]:
    T = schedule_told(told).T
    notes = ["what its file does not say is what was told of it, or what most files of its kind mean"]
    if T != 1000 and told.time_input == "fraction":
        notes.append(f"its network is told 1000 (t - 1) / {T} (rescale_timesteps)")
    notes.append("its own program samples with x0_hat kept in [-1, 1] (clip_denoised), which a lane does once it is told")
    if sizes.makes != sizes.channels:
        notes.append("the second half of the network's output is a variance, which a lane can add noise by")
    else:
        notes.append("its own program adds noise of variance beta_t unless told otherwise (sigma_small); a lane that of the posterior")
    if sizes.classes and told.null_label in (None, NO_NULL):
        notes.append("no label is said to stand for no class, so that it cannot be guided (--null-label tells it)")
    return tuple(notes)

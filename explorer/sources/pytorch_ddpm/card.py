"""The model card of a checkpoint of pytorch-ddpm. No torch."""

from __future__ import annotations

from explorer.checkpoints.card import FORMAT_VERSION, VALUE_RANGE, Card, DataCard, NetworkCard, OriginCard, ScheduleCard
from explorer.recipe.told import MAX_TIMESTEPS, Told
from explorer.sources.pictures import check_channels, check_size
from explorer.sources.plain_betas import plain_linear
from explorer.sources.pytorch_ddpm.sizes import Sizes

NETWORK = "U-Net of pytorch-ddpm"


def check(sizes: Sizes) -> None:
    """Refuse what makes no step of a chain of images, whatever is told of it (ValueError)."""
    check_channels(sizes.channels)
    if not 1 <= sizes.timesteps <= MAX_TIMESTEPS:
        raise ValueError(f"its table has {sizes.timesteps} timesteps; there are 1 to {MAX_TIMESTEPS}")


def schedule_told(sizes: Sizes, told: Told) -> ScheduleCard:
    """Betas from 1e-4 to 0.02, not rescaled at another T; the cosine schedule or betas where they are told (ValueError if too few)."""
    T = sizes.timesteps
    if told.betas is not None:
        if len(told.betas) != T:
            raise ValueError(f"{len(told.betas)} betas were told of it (--schedule), and its table has {T} timesteps")
        return ScheduleCard("betas", T, told.betas)
    return ScheduleCard("cosine", T) if told.schedule == "cosine" else plain_linear(T)


def card_of(sizes: Sizes, told: Told, weights: str) -> Card:
    """Card of a network.

    Parameters
    ----------
    sizes : Sizes
    told : Told
    weights : str
        Which of the file's they are, in words.

    Raises
    ------
    ValueError
        If what was told does not fit it.
    """
    check(sizes)
    if told.predicts == "V":
        raise ValueError("no network of pytorch-ddpm predicts v (--predicts): it has mean_type epsilon (C), xstart (B) and xprev (A)")
    height, width = told.image_size or (32, 32)
    check_size((height, width), sizes.multiple)
    attention = [level for level, attends in enumerate(sizes.attends) if attends]
    config = {"widths": list(sizes.widths), "res_blocks": sizes.blocks, "attention": attention}
    notes = (
        weights, "what its file does not say is what was told of it, or what most files of its kind mean",
        "its own program adds noise of variance beta_t unless told otherwise (var_type fixedlarge); a lane that of the posterior",
    )  # fmt: skip
    return Card(
        FORMAT_VERSION, "ddpm", NetworkCard(NETWORK, config), DataCard("not said", (sizes.channels, height, width), VALUE_RANGE, ""),
        told.predicts or "C", schedule_told(sizes, told), origin=OriginCard("a checkpoint of pytorch-ddpm", notes),
    )  # fmt: skip

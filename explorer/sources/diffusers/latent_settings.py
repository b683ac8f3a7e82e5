"""What is said of a network whose chain runs in the latent space of an autoencoder. No torch."""

from __future__ import annotations

from explorer.checkpoints.card import LatentCard
from explorer.sources.diffusers.autoencoder_settings import Coder, scaling_words


def seen_through(coder: Coder, shape: tuple[int, int, int]) -> LatentCard:
    """Codes of a shape (C, h, w) that are seen through an autoencoder's decoder (ValueError for images too large to be shown)."""
    sides = shape[1] * coder.multiple, shape[2] * coder.multiple
    if max(sides) > 4096:
        raise ValueError(f"its states decode to images of {sides[0]} x {sides[1]}, and at most 4096 x 4096 are shown")
    return LatentCard(shape, (coder.channels, *sides), coder.name, scaling_words(coder), coder.quantizes, coder.reach)


def seen_notes(latent: LatentCard) -> tuple[str, ...]:
    """What a lane's card tells of it."""
    (c, h, w), (_, height, width) = latent.shape, latent.images
    what = f"its chain runs in the latent space of its {latent.coder}: {c} x {h} x {w} numbers, decoded to images of {height} x {width}"
    return (what, *((f"the states are scaled: {latent.scaling}, where z is what the decoder takes",) if latent.scaling else ()))

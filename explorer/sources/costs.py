"""What a checkpoint may cost once it is opened, and whether its parts can be asked what its card says: looked at when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.memory import in_words, of_machine
from explorer.recipe.sample_count import size_words

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint

SHARE = 4
"""One image may take this part of the machine's memory: a lane has several, and there are the window, the system and others."""


def check(checkpoint: Checkpoint) -> None:
    """Refuse a network that one image of would take more memory than there is, or that has no row for some t or label (BadInput)."""
    _check_tables(checkpoint)
    _check_memory(checkpoint)


def _check_tables(checkpoint: Checkpoint) -> None:
    """An index beyond a table is an IndexError on a processor, and ends the process on a GPU."""
    from explorer.models.roles import label_count, timestep_count

    card, network = checkpoint.card, checkpoint.network
    rows = timestep_count(network)
    if rows is not None and card.schedule is not None and rows < card.schedule.T:
        raise BadInput(f"{checkpoint.path}: {beyond(card.schedule.T, rows)}")
    labels = label_count(network)
    if card.classes is not None and card.classes.labels > labels:
        raise BadInput(f"{checkpoint.path}: its card has {card.classes.labels} labels, and its network a row for {labels}")


def beyond(T: int, rows: int) -> str:
    """What is wrong where a schedule goes beyond a network's table."""
    return f"its schedule has {T} timesteps, and its network a table of {rows}: it cannot be asked beyond them"


def _check_memory(checkpoint: Checkpoint) -> None:
    from explorer.models.footprint import bytes_of_one

    card = checkpoint.card
    latent = None if card.latent is None else card.latent.images
    try:
        needs, most = bytes_of_one(checkpoint.network, card.data.shape, latent), of_machine() // SHARE
    except Exception:  # whatever a network has against being asked: that is told of at its first step
        return
    if needs > most:
        size = size_words(card.data.shape if latent is None else latent)
        raise BadInput(
            f"{checkpoint.path}: one image of {size} would take its network about {in_words(needs)}; "
            f"of the {in_words(of_machine())} of memory here an image may take {in_words(most)}"
        )

"""Beginning a run with the weights of a checkpoint: fine-tuning, or training on for longer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import nn

from explorer import sources
from explorer.checkpoints.card import Card, ScheduleCard, TrainingCard
from explorer.checkpoints.files import Checkpoint
from explorer.errors import BadInput
from explorer.models.registry import parse_config

NEUTRAL_WHEN_FRESH = "attention"


def start_from(path: Path, network: nn.Module, card: Card) -> Checkpoint:
    """Copy a checkpoint's weights into a fresh network, and return the checkpoint.

    Self-attention may be new: a fresh one adds nothing to its input, so that the network begins as the
    checkpoint's even so. Everything else must be alike.

    Parameters
    ----------
    network : nn.Module
        Changed in place.
    card : Card
        What the run will write: kind, option, schedule and network of the checkpoint have to be these.

    Raises
    ------
    BadInput
        If the file is no checkpoint, or one of another model; the message names the first difference.
    """
    checkpoint = sources.open(path)
    difference = _difference(checkpoint.card, card)
    if difference:
        raise BadInput(f"{path}: cannot be the start of this run: {difference}")
    own, theirs = network.state_dict(), checkpoint.network.state_dict()
    for name, tensor in own.items():
        if name in theirs:
            tensor.copy_(theirs[name])
    return checkpoint


def _difference(theirs: Card, ours: Card) -> str:
    pairs: list[tuple[str, Any, Any]] = [
        ("model", theirs.kind, ours.kind),
        ("option", theirs.option, ours.option),
        ("schedule", theirs.schedule, ours.schedule),
        ("network", theirs.network.name, ours.network.name),
        ("image shape", theirs.data.shape, ours.data.shape),
    ]
    for name, its, own in pairs:
        if its != own:
            alike = _shown(its) == _shown(own)
            return f"its {name} is {_shown(its)}, the run's {'another ' if alike else ''}{_shown(own)}"
    its_config, own_config = (asdict(parse_config(card.network.name, card.network.config)) for card in (theirs, ours))
    for name, own in own_config.items():
        its = its_config[name]
        if its != own and not (name == NEUTRAL_WHEN_FRESH and set(its) <= set(own)):
            return f"its network's {name} is {_shown(its)}, the run's {_shown(own)}"
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, ScheduleCard):
        return f"{value.name} with T = {value.T}"
    return "none" if value in (None, ()) else str(value)


def joined(earlier: TrainingCard | None, now: TrainingCard) -> TrainingCard:
    """Card of a run that went on from another: the seed of the first weights, the images and epochs of both, both commands."""
    if earlier is None:
        return now
    return TrainingCard(
        images_seen=earlier.images_seen + now.images_seen, epochs=earlier.epochs + now.epochs, batch=now.batch,
        optimizer=now.optimizer, seed=earlier.seed, ema=now.ema, loss=now.loss, precision=now.precision,
        command=f"{earlier.command} && {now.command}", notes=" ".join(n for n in (earlier.notes, now.notes) if n),
    )  # fmt: skip

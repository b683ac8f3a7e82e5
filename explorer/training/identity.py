"""What must be alike for one run to be another's continuation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from explorer.checkpoints.card import Card
from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings

OPTIONS = {
    "width": "--width", "attention": "--attention", "outer_skip": "--outer-skip", "skip_by_timestep": "--linear-skip",
    "classes": "--classes", "multipliers": "--levels", "downsample": "--network", "depth": "--depth", "coder": "--in",
    "architecture": "--architecture", "code": "--code", "hidden": "--hidden", "activation": "--activation",
    "beta": "--beta", "sigma": "--fixed-sigma", "likelihood": "--objective",
}  # fmt: skip
"""Fields of a network's configuration that a person chooses."""
COMPUTED = ("output_scale",)
"""Follows from the data and the settings, to the last bit only on one machine."""
BETAS = "--schedule's betas"


def identity(settings: TrainSettings, card: Card, loss: str, images: int, start: str) -> dict[str, Any]:
    """Everything that determines the run, by the name under which a person knows it.

    Parameters
    ----------
    settings : TrainSettings
    card : Card
        What the run writes.
    loss : str
        The task's name for its loss.
    images : int
        Number of images.
    start : str
        sha256 of the checkpoint that the run begins with; empty if there is none.
    """
    schedule, latent = card.schedule, card.latent
    network = {OPTIONS.get(name, f"the network's {name}"): v for name, v in card.network.config.items() if name not in COMPUTED}
    return {
        "model": card.kind, "--option": card.option or "none", "--loss": loss, "--warmup": settings.warmup,
        "--precision": settings.precision,
        "--schedule": "none" if schedule is None else f"{schedule.name} with T = {schedule.T}",
        BETAS: None if schedule is None or schedule.betas is None else list(schedule.betas),
        "--seed": settings.seed, "--batch": settings.batch, "--epochs": settings.epochs, "number of images": images,
        "--learning-rate": settings.learning_rate, "--ema": settings.ema, "data": card.data.sha256, "--start-from": start,
    } | network | ({} if latent is None else {"--in": latent.sha256, "--codes": "sample" if latent.drawn else "mean"})  # fmt: skip


def check_same(folder: Path, kept: dict[str, Any], own: dict[str, Any]) -> None:
    """Refuse to go on with another run (BadInput); what the kept state of an earlier version does not say is not compared."""
    for name, value in own.items():
        its = kept.get(name, value)
        if its != value:
            differ = "another --schedule" if name == BETAS else f"{name} {_words(its)}, not {_words(value)}"
            raise BadInput(
                f"{folder}: the run there has {differ}; "
                "--resume goes on with the same settings (--start-from begins another run with its weights)"
            )


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    if re.fullmatch("[0-9a-f]{64}", str(value)):
        return f"{value[:12]}…"
    return "none" if value in (None, "") else str(value)

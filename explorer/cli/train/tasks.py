"""What a run of the terminal learns: the network of its settings with its loss, or principal components, which are computed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.datasets.images import ImageSet
    from explorer.diffusion.schedule import Schedule
    from explorer.recipe.training import TrainOptions
    from explorer.training.task import Task


def make_task(asked: TrainOptions, data: ImageSet, schedule: Schedule) -> Task:
    """The network, fresh, of any kind but pca.

    Raises
    ------
    BadInput
        If there is no such network for these images.
    """
    if asked.kind == "ddpm":
        return _ddpm(asked, data, schedule)
    if asked.kind == "classifier":
        from explorer.training.classifier import ClassifierTask

        return ClassifierTask(data)
    from explorer.training.autoencoder import AutoencoderTask

    return AutoencoderTask(data, asked.kind == "vae", asked.architecture, asked.code, asked.activation, asked.hidden)


def _ddpm(asked: TrainOptions, data: ImageSet, schedule: Schedule) -> Task:
    from explorer.diffusion.parameterization import Option
    from explorer.models.unet import UNetConfig
    from explorer.training.ddpm import DdpmTask

    coarsest = len(UNetConfig().multipliers) - 1
    return DdpmTask(
        data, Option(asked.option), schedule,
        width=asked.width, attention=(coarsest,) if asked.attention else (), loss_kind=asked.loss, all_timesteps=asked.all_timesteps,
        outer_skip=asked.skip != "none", linear_skip=asked.skip == "linear",
    )  # fmt: skip


def notes_of(asked: TrainOptions) -> str:
    """What the model card says of a network that is not what its name makes one expect."""
    from explorer.training.autoencoder import LOGISTIC_NOTES

    return LOGISTIC_NOTES if asked.kind in ("ae", "vae") and asked.activation == "sigmoid" else ""


def fit_pca(asked: TrainOptions, data: ImageSet) -> None:
    """The exact solution: no epochs, one checkpoint, and one line on stdout."""
    from explorer.checkpoints.files import save
    from explorer.checkpoints.snapshots import FINAL_NAME
    from explorer.training.pca import fit

    card, network = fit(data, asked.code, asked.images, asked.command)
    path = asked.out / FINAL_NAME
    save(path, card, network.state_dict())
    notes = card.training.notes if card.training else ""
    print(json.dumps({"checkpoint": str(path), "notes": notes}) if asked.as_json else f"{path}: {notes}")

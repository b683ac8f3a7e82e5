"""Principal components: computed, not trained, so that what is asked for of training is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from explorer.cli.train.options import means_something
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.datasets.images import ImageSet
    from explorer.recipe.training import TrainOptions


def refuse_for_pca(context: typer.Context, out: Path) -> None:
    """An option of training must not be passed over in silence, nor another model be replaced (BadInput)."""
    from explorer.training.state import refuse_taken

    meant = means_something("pca")
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name not in meant and source is not None and source.name == "COMMANDLINE":
            raise BadInput(f"{parameter.opts[0]}: means nothing for pca, which is computed, not trained")
    refuse_taken(out, resume=None)


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

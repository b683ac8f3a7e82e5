"""A UNet2DModel with its noise schedule as a folder that `DDPMPipeline.from_pretrained` opens, and whose chain is the one here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from explorer.checkpoints.files import Checkpoint
from explorer.engine.models.predictors import schedule_of
from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.model_exports.ways import ways_of

INDEX = "model_index.json"
PREDICTION = {"B": "sample", "C": "epsilon", "V": "v_prediction"}


def write(checkpoint: Checkpoint, out: Path, replace: bool = False) -> None:
    """Write the folder whole, or not at all.

    The scheduler has the betas themselves, the posterior's variance, and clips as a lane of the checkpoint does.

    Parameters
    ----------
    replace : bool
        A pipeline of diffusers that is there already goes; any other folder that is not empty never does.

    Raises
    ------
    BadInput
        If the network is none of diffusers', the folder is there and not empty, or it cannot be written.
    """
    ways = ways_of(checkpoint.card)
    if not ways.folder:
        graph = f"; as an ONNX graph it can be written: --out {out.name}.onnx" if ways.onnx else ""
        raise BadInput(f"{checkpoint.path}: cannot be a diffusers folder: {ways.why_no_folder}{graph}")
    _check(out, replace)
    from diffusers import DDPMPipeline, DDPMScheduler

    card, schedule = checkpoint.card, schedule_of(checkpoint)
    assert card.option is not None
    scheduler = DDPMScheduler(
        num_train_timesteps=schedule.T, trained_betas=schedule.betas.tolist(), prediction_type=PREDICTION[card.option],
        clip_sample=card.clips, variance_type="fixed_small",
    )  # fmt: skip
    pipeline: Any = DDPMPipeline(unet=checkpoint.network.unet, scheduler=scheduler)
    try:
        partial = neighbour(out)
        partial.mkdir()
        try:
            pipeline.save_pretrained(partial)
            before = neighbour(out) if out.is_dir() else None
            if before is not None:
                os.replace(out, before)
            os.replace(partial, out)
            if before is not None:
                shutil.rmtree(before, ignore_errors=True)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {error.strerror or error}") from None


def _check(out: Path, replace: bool) -> None:
    if not os.path.lexists(out) or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / INDEX).is_file():
        raise BadInput(f"{out}: is there already, and is no pipeline of diffusers; name a folder that is not there, or an empty one")
    if not replace:
        raise BadInput(f"{out}: is there already; --force replaces it")

"""A UNet2DModel with its noise schedule as a folder that `DDPMPipeline.from_pretrained` opens, and whose chain is the one here."""

from __future__ import annotations

import copy
import os
import shutil
from pathlib import Path
from typing import Any

from explorer.checkpoints.card import SamplerCard
from explorer.checkpoints.files import Checkpoint
from explorer.engine.models.predictors import schedule_of
from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.model_exports.ways import ways_of

INDEX = "model_index.json"
PREDICTION = {"B": "sample", "C": "epsilon", "V": "v_prediction"}


def write(checkpoint: Checkpoint, out: Path, replace: bool = False) -> None:
    """Write the folder whole, or not at all.

    The scheduler has the betas themselves, and does as a new lane of the checkpoint: limits of x0_hat, variance, which timesteps.

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
        **_sampling(card.sampler, checkpoint.network.learned_variance),  # type: ignore[arg-type]  # of a UNet2D
    )  # fmt: skip
    unet: Any = copy.copy(checkpoint.network.unet)  # whose settings are written, with what they left open
    unet.register_to_config(sample_size=list(card.data.shape[1:]))
    pipeline: Any = DDPMPipeline(unet=unet, scheduler=scheduler)
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


def _sampling(sampler: SamplerCard, learned: str | None) -> dict[str, Any]:
    """Settings of a DDPMScheduler that samples so; of a network that puts out a variance it takes no other.

    Without an offset of the timesteps, which it adds to all T of them, too: to one that there is not.
    """
    limits: dict[str, Any] = {"clip_sample": sampler.clip, "clip_sample_range": sampler.clip_range}
    if sampler.clip and sampler.threshold is not None:
        limits = {"thresholding": True, "dynamic_thresholding_ratio": sampler.threshold, "sample_max_value": sampler.clip_range}
    variance = {"range": "learned_range", "plain": "learned"}.get(learned or "", f"fixed_{sampler.variance}")
    return {**limits, "variance_type": variance, "timestep_spacing": sampler.spacing}


def _check(out: Path, replace: bool) -> None:
    if not os.path.lexists(out) or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / INDEX).is_file():
        raise BadInput(f"{out}: is there already, and is no pipeline of diffusers; name a folder that is not there, or an empty one")
    if not replace:
        raise BadInput(f"{out}: is there already; --force replaces it")

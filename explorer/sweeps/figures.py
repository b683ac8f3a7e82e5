"""Figures of a recipe's lanes: the Fréchet distance of its samples, or the bound on held-out images; as `evaluate` measures them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.shipped import shipped
from explorer.engine.models.predictors import limit_of, told_data
from explorer.errors import BadInput
from explorer.evaluation import vlb
from explorer.evaluation.bootstrap import distance_interval
from explorer.evaluation.digits import check_digits, score
from explorer.evaluation.frechet import moments
from explorer.evaluation.judge import Judge, training_readings
from explorer.evaluation.samples import as_pixels, block_size, blocks
from explorer.evaluation.vlb import check_own_data
from explorer.recipe import Lane
from explorer.sampling.lanes import SampledLane
from explorer.sampling.place import Place


def fid(lane: SampledLane, checkpoint: Checkpoint | None, seed: int, samples: int) -> dict[str, Any]:
    """Fréchet distance of a lane's samples to MNIST's training images, with its interval, and the share read with confidence.

    Raises
    ------
    BadInput
        If it makes other images than MNIST's digits, or there is one sample.
    """
    if checkpoint is not None:
        check_digits(checkpoint, "fid")
    elif lane.lane.exact is None or getattr(shipped(lane.lane.exact.dataset), "name", "") != "mnist":
        raise BadInput(f"{lane.lane.source}: fid is judged by the digit classifier, which knows MNIST alone")
    if samples < 2:
        raise BadInput(f"{lane.lane.source}: fid needs two samples or more")
    judge = Judge.open(lane.device)
    reference = moments(training_readings(judge).features)
    made = judge.read(np.concatenate([_block(lane, seed, indices) for indices in blocks(samples, block_size(lane.image_shape))]))
    found = score(made, reference)
    interval = distance_interval(made.features, reference, found.frechet_distance, lane.seed(seed))
    return {
        "fid": found.frechet_distance, "fid_interval": [interval.low, interval.high], "fid_standard_error": interval.standard_error,
        "confident_share": found.confident_share, "digit_shares": list(found.digit_shares), "images": samples,
    }  # fmt: skip


def _block(lane: SampledLane, seed: int, indices: range) -> np.ndarray:
    *_, last = lane.walk(seed, indices)
    return as_pixels(torch.from_numpy(lane.pictures(last.x_prev)))


def bound(lane: Lane, checkpoint: Checkpoint | None, where: Place, seed: int, images: int) -> dict[str, Any]:
    """Bound of a checkpoint on so many held-out images of its own data, in nats and bits/dim, with its terms.

    Raises
    ------
    BadInput
        If the lane has no network or a sampler's setting that is of no meaning for the bound, or its data are not here.
    """
    if checkpoint is None or checkpoint.card.kind != "ddpm":
        raise BadInput(f"{lane.source}: vlb is the bound of a ddpm's network")
    if lane.sampler.steps is not None or lane.schedule is not None:
        raise BadInput(
            f"{lane.source}: steps and schedule are of no meaning for vlb, which is about every step of the model's own schedule"
        )
    check_own_data(checkpoint)
    data = checkpoint.card.data
    known = vlb.images_for(data.name, "test", data.shape)
    if not 2 <= images <= len(known.images):
        raise BadInput(f"{lane.source}: vlb takes 2 to {len(known.images):,} test images of {known.name}, not {images}")
    plain, precision = where.predictor(checkpoint, where.run_by(checkpoint))
    predictor = told_data(plain, known.labels, str(checkpoint.path))
    design = vlb.Choice(images, seed=seed).design(predictor.schedule.T, len(known.images))
    variance = "beta" if lane.sampler.variance == "large" else "posterior"
    (tally,) = vlb.measure([predictor], vlb.source(known, where.device), design, limit_of(lane.sampler), variance)  # type: ignore[arg-type]
    said = vlb.summary(tally, math.prod(known.image_shape))
    if not math.isfinite(said["L"]["nats"]):
        raise BadInput(f"{lane.source}: its network puts out numbers that are not finite: there is no bound")
    return {"bits_per_dim": said["L"]["bits_per_dim"], "nats": said["L"]["nats"], "precision": precision, "variance": variance, **said}

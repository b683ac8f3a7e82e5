"""Blocks of one lane's samples on workers of Ray: what `evaluate` measures, made side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from explorer.errors import BadInput
from explorer.evaluation.samples import block_size, blocks
from explorer.recipe import ChainRecipe
from explorer.sampling.lanes import SampledLane
from explorer.sweeps import on_ray
from explorer.sweeps.job import Job, Terms
from explorer.sweeps.task import Task, encode_task


def samples_on_workers(
    lane: SampledLane, path: Path, seed: int, samples: int, terms: Terms, workers: int, report: Callable[[int], object]
) -> tuple[np.ndarray, int]:
    """Samples x_0 of a lane of a checkpoint, the same to the last bit as `chain_samples` makes with as many threads.

    Parameters
    ----------
    path : Path
        Of its checkpoint.
    workers : int
        Blocks at once.
    report : callable
        Told the image-steps of each block when it is done.

    Returns
    -------
    pixels : ndarray, shape (samples, C, H, W), uint8
    lost : int
        Workers that ended and were replaced.

    Raises
    ------
    NoRay
        If Ray cannot be started or reached.
    BadInput
        If the cluster may not be used, or a block cannot be made.
    """
    key = lane.lane.source, lane.lane.checkpoint
    recipe = encode_task(Task(chain=ChainRecipe((lane.lane,), seed)))
    jobs = [
        Job(f"{block.start:09d}", recipe, ".npy", checkpoints=(key,), block=(block.start, block.stop))
        for block in blocks(samples, block_size(lane.image_shape))
    ]
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        for outcome in on_ray.run(jobs, Path(folder), terms, workers):
            assert outcome.job.block is not None
            start, stop = outcome.job.block
            if outcome.failure:
                raise BadInput(f"{path}: samples {start} to {stop - 1}: {outcome.failure}")
            lost += outcome.lost
            report((stop - start) * lane.course.K)
        return np.concatenate([np.load(Path(folder) / job.file) for job in jobs]), lost

"""`evaluate --workers`: what may be made in blocks by workers of Ray, and that it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from explorer.cli import shared
from explorer.cli.evaluate.measuring import OF_SAMPLES, MetricName, Options
from explorer.errors import BadInput
from explorer.sampling.place import AUTO

if TYPE_CHECKING:
    import numpy as np

    from explorer.sampling.lanes import SampledLane


def check_workers(workers: int | None) -> None:
    """Refuse several workers where Ray is missing, or its cluster may not be used, before anything is opened (BadInput)."""
    from explorer.workers import cluster

    if workers is None or workers == 1:
        return
    cluster.check_installed(workers)
    address = cluster.address()
    if address is not None:
        cluster.check(address)


def check_blocks(metric: MetricName, options: Options) -> None:
    """Refuse workers where there are no samples of a chain to make, or they would compute otherwise than is said (BadInput)."""
    words, kind = f"--workers {options.workers}", options.checkpoint.card.kind
    if metric not in OF_SAMPLES or kind != "ddpm":
        raise BadInput(f"{words}: of no meaning for {metric.value} of a {kind}; fid and kid of a ddpm take it")
    if options.where.device.type != "cpu":
        raise BadInput(f"{words}: is about processors, and this computes on {options.where.device}: add --device cpu, or leave it out")
    if options.where.precision == AUTO:
        raise BadInput(f"{words}: --precision auto is what was measured here: say --precision fp32 or bf16")


def samples_on_workers(options: Options, lane: SampledLane, count: int) -> np.ndarray:
    """Pixels (N, C, H, W), uint8, of samples of a checkpoint's chain, with progress (BadInput)."""
    from explorer.sweeps import blocks
    from explorer.sweeps.job import Terms

    path = options.checkpoint.path
    paths = {(lane.lane.source, lane.lane.checkpoint): str(path.resolve())}
    terms = Terms(options.device, options.where.precision, options.threads, paths)
    with shared.progress(count * lane.course.K, f"sampling {lane.label}", "step") as report:
        pixels, lost = blocks.samples_on_workers(lane, path, options.seed, count, terms, options.workers, report)
    if lost:
        shared.say(f"{lost} worker{'s' * (lost != 1)} ended, what they did was done again", sys.stderr)
    return pixels

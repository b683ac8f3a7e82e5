"""What retrained.py measures of a network: samples of each kind, read by the shipped classifier, with what intervals need."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kept import real_readings
from networks import BUDGET, CELLS, CellKind, Network
from PIL import Image

from explorer import backends
from explorer.backends.base import Backend
from explorer.checkpoints.files import Checkpoint, load
from explorer.diffusion.reverse import plan
from explorer.engine.models.predictors import from_checkpoint
from explorer.evaluation.digits import real_score
from explorer.evaluation.extrapolation import extrapolated
from explorer.evaluation.frechet import Moments, frechet_distance, moments
from explorer.evaluation.judge import Judge, Readings
from explorer.evaluation.kernel_distance import Cloud, kernel_distance
from explorer.evaluation.samples import as_pixels, blocks, walk

ROW = 12
"""Samples of a network that are kept as a picture."""
ABREAST = 50


@dataclass(frozen=True)
class Ruler:
    """What samples are measured with: the judge, and what it says of the 60,000 training images."""

    judge: Judge
    real: Readings
    reference: Moments
    cloud: Cloud

    @classmethod
    def made(cls, folder: Path) -> Ruler:
        """Half a minute of one core, less where the folder has what the judge said before."""
        judge = Judge.open()
        real = real_readings(folder, judge)
        return cls(judge, real, moments(real.features), Cloud.of(real.features))

    def figures(self, readings: Readings, reference: Moments | None = None, cloud: Cloud | None = None) -> dict[str, Any]:
        """Distances with their values without each block, and the shares; numbers short enough to be kept in files."""
        distance = kernel_distance(Cloud.of(readings.features), cloud or self.cloud, BUDGET.blocks)
        infinite = extrapolated(readings.features, reference or self.reference, BUDGET.blocks)
        confident = readings.is_confident
        parts = np.array_split(confident, BUDGET.blocks)
        without = [(confident.sum() - part.sum()) / (len(confident) - len(part)) for part in parts]
        return {
            "samples": len(readings),
            "kid": short(distance.value), "kid_left_out": [short(v) for v in distance.left_out],
            "fid": short(frechet_distance(moments(readings.features), reference or self.reference)),
            "fid_infinity": short(infinite.value), "fid_infinity_left_out": [short(v) for v in infinite.left_out],
            "confident": short(readings.confident_share), "confident_left_out": [short(v) for v in without],
            "digit_shares": [short(v) for v in readings.digit_shares],
        }  # fmt: skip

    def of_real_images(self, seed: int = 0) -> dict[str, Any]:
        """The same of as many real images, against all others."""
        chosen = np.zeros(len(self.real), bool)
        chosen[np.random.default_rng(seed).choice(len(self.real), BUDGET.samples, replace=False)] = True
        rest = self.real[~chosen].features
        found = self.figures(self.real[chosen], moments(rest), self.cloud.parted(chosen)[1])
        assert abs(found["fid"] - real_score(self.real, BUDGET.samples, seed).frechet_distance) < 1e-3
        return found


def short(value: float) -> float:
    """Six digits of it."""
    return float(f"{value:.6g}")


def measured(network: Network, checkpoint: Path, ruler: Ruler) -> tuple[list[dict[str, Any]], Image.Image]:
    """Figures of every cell of a trained network, and a row of its samples in the most steps."""
    opened, cells, row = load(checkpoint), [], np.zeros((ROW, 28, 28), np.uint8)
    for kind in CELLS:
        began = time.process_time()
        pixels = sampled(opened, kind, network.seed)
        figures = ruler.figures(ruler.judge.read(pixels))
        cells.append({"steps": kind.steps, "clip": kind.clip, **figures, "seconds": round(time.process_time() - began, 1)})
        if kind == max(CELLS, key=lambda cell: cell.steps):
            row = pixels[:ROW, 0]
    return cells, Image.fromarray(np.concatenate(list(row), axis=1))


def sampled(checkpoint: Checkpoint, kind: CellKind, seed: int) -> np.ndarray:
    """Samples (N, 1, 28, 28), uint8, in float32 throughout, by the native kernel where there is one."""
    backend = _backend()
    predictor = from_checkpoint(checkpoint, backend.choose("cpu"), backend.precisions[0], backend)
    course, device = plan(predictor.schedule, kind.steps), torch.device("cpu")
    found = []
    with torch.inference_mode():
        for indices in blocks(BUDGET.samples, ABREAST):
            for step in walk(predictor, course, seed, indices, checkpoint.card.data.shape, device, kind.clip):
                last = step.x_prev
            found.append(as_pixels(last))
    return np.concatenate(found)


def _backend() -> Backend:
    native = next(backend for backend in backends.BACKENDS if backend.name == "native")
    return backends.TORCH if native.missing() else native

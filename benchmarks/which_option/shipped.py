"""Which option is best? A, B and C at equal budget, clipped and unclipped, at 10 to 1000 steps: one command, one page.

Samples of each option at each number of steps start from the same noise and are read by the shipped digit classifier:
Fréchet distance to the 60,000 training images, and the share that is read with confidence over 0.9, with bootstrap
intervals. What is measured is kept in --out, block by block: stopped and started again it goes on, also with more
samples, other steps or another checkpoint. A checkpoint is known by its hash, so a retrained one is measured anew.
matplotlib draws the page's figures: `python -m pip install -e ".[dev]"`.

Usage: python benchmarks/which_option/shipped.py [--samples 2000] [--steps 10,25,50,100,250,1000] [--out runs/which-option]
       [--page docs/which-option-is-best.md] [--report] [--device auto] [--precision fp32]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from shipped_page import write_page
from tqdm import tqdm

from explorer.checkpoints.files import Checkpoint, load
from explorer.checkpoints.locate import locate
from explorer.diffusion.reverse import plan
from explorer.engine.models.devices import choose
from explorer.engine.models.predictors import from_checkpoint
from explorer.evaluation.bootstrap import difference_interval, resampled_distances, share_interval
from explorer.evaluation.digits import real_score
from explorer.evaluation.frechet import Moments, frechet_distance, moments
from explorer.evaluation.judge import Judge, Readings, training_readings
from explorer.evaluation.samples import as_pixels, walk
from explorer.memory import keep_freed_memory
from explorer.recipe.arithmetic import Precision

SHIPPED = ("mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c")
STEPS = (10, 25, 50, 100, 250, 1000)
BLOCK = 50
"""Samples between two writes: what is lost at most when it is stopped."""


@dataclass(frozen=True)
class Cell:
    """What one option makes under one sampler, and how it is read.

    Attributes
    ----------
    option, checkpoint, sha256 : str
    steps : int
    clip : bool
    samples : int
    fid, confident_share : float
    fid_interval, share_interval : (float, float)
        95 %, by bootstrap.
    seconds : float
        Spent on sampling, over all runs of this command.
    """

    option: str
    checkpoint: str
    sha256: str
    steps: int
    clip: bool
    samples: int
    fid: float
    fid_interval: tuple[float, float]
    confident_share: float
    share_interval: tuple[float, float]
    seconds: float


@dataclass(frozen=True)
class Difference:
    """By how much the distance of one option is larger than another's, under the same sampler and from the same noise.

    Attributes
    ----------
    option, than : str
    steps : int
    clip : bool
    difference, low, high : float
        With its 95 % interval over resamples drawn alike.
    """

    option: str
    than: str
    steps: int
    clip: bool
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Place:
    """Where it is computed."""

    device: torch.device
    precision: Precision


class Kept:
    """Readings of the samples made so far, in a file of --out."""

    def __init__(self, folder: Path, checkpoint: Checkpoint, judge: Judge, steps: int, clip: bool, seed: int, precision: str) -> None:
        clipped = "clipped" if clip else "unclipped"
        name = f"{checkpoint.sha256[:12]}-{steps}-{clipped}-seed{seed}-{precision}-{judge.sha256[:8]}.npz"
        self._path = folder / name
        self.features, self.probabilities = np.zeros((0, 128), np.float32), np.zeros((0, 10), np.float32)
        self.seconds = 0.0
        if self._path.exists():
            with np.load(self._path) as known:
                self.features, self.probabilities, self.seconds = known["features"], known["probabilities"], float(known["seconds"])

    def __len__(self) -> int:
        return len(self.features)

    def add(self, readings: Readings, seconds: float) -> None:
        """Keep the next samples' readings; the file is written whole."""
        self.features = np.concatenate([self.features, readings.features])
        self.probabilities = np.concatenate([self.probabilities, readings.probabilities])
        self.seconds += seconds
        partial = self._path.with_suffix(".partial.npz")
        np.savez(partial, features=self.features, probabilities=self.probabilities, seconds=self.seconds)
        os.replace(partial, self._path)

    def readings(self, samples: int) -> Readings:
        """Readings of the first so many."""
        return Readings(self.features[:samples], self.probabilities[:samples])


def sample(
    kept: Kept, checkpoint: Checkpoint, judge: Judge, place: Place, steps: int, clip: bool, samples: int, seed: int, what: str
) -> None:
    """Make the samples that are still missing."""
    predictor = from_checkpoint(checkpoint, place.device, place.precision)
    course, shape = plan(predictor.schedule, steps), checkpoint.card.data.shape
    with torch.inference_mode(), tqdm(total=samples, initial=len(kept), desc=what, unit="img", file=sys.stderr) as bar:
        while len(kept) < samples:
            indices = range(len(kept), min(len(kept) + BLOCK, samples))
            began = time.perf_counter()
            for step in walk(predictor, course, seed, indices, shape, place.device, clip):
                last = step.x_prev
            readings = judge.read(as_pixels(last))
            kept.add(readings, time.perf_counter() - began)
            bar.update(len(indices))


def measured(
    group: Sequence[tuple[Kept, Checkpoint]], reference: Moments, steps: int, clip: bool, samples: int, seed: int
) -> tuple[list[Cell], list[Difference]]:
    """Figures of the options at one number of steps, and of every two of them."""
    cells, resampled = [], []
    for kept, checkpoint in group:
        readings = kept.readings(samples)
        distance = frechet_distance(moments(readings.features), reference)
        found = resampled_distances(readings.features, reference, seed)
        around = difference_interval(distance, found, np.zeros_like(found))
        share = share_interval(readings.is_confident, seed)
        resampled.append(found)
        cells.append(
            Cell(
                str(checkpoint.card.option), checkpoint.path.stem, checkpoint.sha256, steps, clip, samples,
                distance, (max(0.0, around.low), around.high), readings.confident_share, (share.low, share.high), kept.seconds,
            )
        )  # fmt: skip
    differences = []
    for (one, first), (other, second) in combinations(zip(cells, resampled, strict=True), 2):
        gap = difference_interval(one.fid - other.fid, first, second)
        differences.append(Difference(one.option, other.option, steps, clip, one.fid - other.fid, gap.low, gap.high))
    return cells, differences


def measure(
    asked: argparse.Namespace, checkpoints: Sequence[Checkpoint], judge: Judge, reference: Moments
) -> Iterator[tuple[list[Cell], list[Difference]]]:
    """Every row of the tables; few steps first, so that something is there soon."""
    place = Place(choose(asked.device), asked.precision)
    for steps in asked.steps:
        for clip in (False, True):
            group = []
            for checkpoint in checkpoints:
                kept = Kept(asked.out, checkpoint, judge, steps, clip, asked.seed, asked.precision)
                what = f"Option {checkpoint.card.option}, {steps} steps, {'clipped' if clip else 'unclipped'}"
                if not asked.report:
                    sample(kept, checkpoint, judge, place, steps, clip, asked.samples, asked.seed, what)
                if len(kept) >= asked.samples:
                    group.append((kept, checkpoint))
            yield measured(group, reference, steps, clip, asked.samples, asked.seed)


def real_readings(folder: Path, judge: Judge) -> Readings:
    """What the judge says of the training images, kept in --out too."""
    path = folder / f"training-{judge.sha256[:8]}.npz"
    if path.exists():
        with np.load(path) as known:
            return Readings(known["features"], known["probabilities"])
    with tqdm(total=60_000, desc="judging the training images", unit="img", file=sys.stderr) as bar:
        real = training_readings(judge, bar.update)
    np.savez(path.with_suffix(".partial.npz"), features=real.features, probabilities=real.probabilities)
    os.replace(path.with_suffix(".partial.npz"), path)
    return real


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--checkpoint", action="append", help="a file or a shipped name; the three shipped DDPMs if left out")
    parser.add_argument("--steps", type=lambda text: tuple(int(n) for n in text.split(",")), default=STEPS)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/which-option"))
    parser.add_argument("--page", type=Path, help="write table and figures into this page, between its markers; made if it is not there")
    parser.add_argument("--report", action="store_true", help="sample nothing: only say what is known")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    asked = parser.parse_args()
    if asked.samples < 2 or not asked.steps or min(asked.steps) < 1:
        parser.error("--samples is at least 2, and every number of --steps at least 1")
    return asked


def main() -> None:
    """Measure, print a line for each cell, and write results.json and the page."""
    asked = arguments()
    keep_freed_memory()
    asked.out.mkdir(parents=True, exist_ok=True)
    checkpoints = [load(locate(name)) for name in asked.checkpoint or SHIPPED]
    judge = Judge.open(choose(asked.device))
    real = real_readings(asked.out, judge)
    beside = real_score(real, asked.samples, asked.seed)
    print(f"real images: fid {beside.frechet_distance:.2f}, confident {beside.confident_share:.2%}", flush=True)
    cells: list[Cell] = []
    differences: list[Difference] = []
    for row, gaps in measure(asked, checkpoints, judge, moments(real.features)):
        cells += row
        differences += gaps
        for cell in row:
            clipped = "clipped" if cell.clip else "unclipped"
            low, high = cell.fid_interval
            print(
                f"Option {cell.option} {cell.steps:5d} steps {clipped:9s} fid {cell.fid:8.2f} [{low:.2f}, {high:.2f}] "
                f"confident {cell.confident_share:.2%}", flush=True,
            )  # fmt: skip
    report = {"real_fid": beside.frechet_distance, "real_confident_share": beside.confident_share, "samples": asked.samples,
              "seed": asked.seed, "precision": asked.precision, "cells": [asdict(cell) for cell in cells],
              "differences": [asdict(gap) for gap in differences]}  # fmt: skip
    (asked.out / "results.json").write_text(json.dumps(report, indent=1))
    if asked.page is not None:
        write_page(asked.page, report)


if __name__ == "__main__":
    main()

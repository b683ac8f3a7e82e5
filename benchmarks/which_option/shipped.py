"""Which option is best? A, B and C at equal budget, clipped and unclipped, at 10 to 1000 steps: one command, one page.

Samples of each option at each number of steps start from the same noise and are read by the shipped digit classifier:
Fréchet distance to the 60,000 training images, and the share that is read with confidence over 0.9, with bootstrap
intervals. What is measured is kept in --out, block by block: stopped and started again it goes on, also with more
samples, other steps or another checkpoint. A checkpoint is known by its hash, so a retrained one is measured anew.
With --workers each cell of the tables is a task of Ray on this machine (`[cluster]`), and one that fails ends no other.
matplotlib draws the page's figures: `python -m pip install -e ".[dev]"`.

Usage: python benchmarks/which_option/shipped.py [--samples 2000] [--steps 10,25,50,100,250,1000] [--out runs/which-option]
       [--page docs/which-option-is-best.md] [--report] [--workers 2] [--device auto] [--precision fp32]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from kept import Filling, Kept, fill, judge_on, opened, real_readings
from shipped_page import write_page

from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.locate import locate
from explorer.engine.models.devices import choose
from explorer.errors import BadInput
from explorer.evaluation.bootstrap import difference_interval, resampled_distances, share_interval
from explorer.evaluation.digits import real_score
from explorer.evaluation.frechet import Moments, frechet_distance, moments
from explorer.evaluation.judge import Judge
from explorer.memory import keep_freed_memory
from explorer.workers.tasks import done_by

SHIPPED = ("mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c")
STEPS = (10, 25, 50, 100, 250, 1000)


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
    asked: argparse.Namespace, checkpoints: Sequence[Checkpoint], judge: Judge, reference: Moments, failures: list[str]
) -> Iterator[tuple[list[Cell], list[Difference]]]:
    """Every row of the tables as soon as its cells are there, few steps first; and why a cell failed."""
    fillings = [
        Filling(
            asked.out.resolve(), checkpoint.path.resolve(), steps, clip, asked.samples, asked.seed, asked.device, asked.precision,
            f"Option {checkpoint.card.option}, {steps} steps, {'clipped' if clip else 'unclipped'}", alone=asked.workers == 1,
        )
        for steps in asked.steps for clip in (False, True) for checkpoint in checkpoints
    ]  # fmt: skip
    left = Counter((filling.steps, filling.clip) for filling in fillings)
    for done in done_by(fill if not asked.report else _as_it_is, fillings, asked.workers, lambda filling: filling.words):
        row = done.piece.steps, done.piece.clip
        if done.failure:
            failures.append(f"{done.piece.words}: {done.failure}")
        left[row] -= 1
        if not left[row]:
            kept = [(filling.kept(judge), opened(filling.checkpoint)) for filling in fillings if (filling.steps, filling.clip) == row]
            yield measured([each for each in kept if len(each[0]) >= asked.samples], reference, *row, asked.samples, asked.seed)


def _as_it_is(filling: Filling) -> None:
    """Nothing is sampled for a report."""


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
    parser.add_argument("--workers", type=int, default=1, help="cells at once, each a task of Ray with one thread")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    asked = parser.parse_args()
    if asked.workers < 1:
        parser.error("--workers is at least 1")
    if asked.report:
        asked.workers = 1  # nothing is sampled
    if asked.workers > 1 and choose(asked.device).type != "cpu":
        parser.error(f"--workers {asked.workers} is about processors: add --device cpu")
    if asked.samples < 2 or not asked.steps or min(asked.steps) < 1:
        parser.error("--samples is at least 2, and every number of --steps at least 1")
    return asked


def main() -> int:
    """Measure, print a line for each cell, and write results.json and the page; exit status 2 where a cell failed."""
    asked = arguments()
    keep_freed_memory()
    asked.out.mkdir(parents=True, exist_ok=True)
    checkpoints = [opened(locate(name).resolve()) for name in asked.checkpoint or SHIPPED]
    judge = judge_on(asked.device)
    real = real_readings(asked.out, judge)
    beside = real_score(real, asked.samples, asked.seed)
    print(f"real images: fid {beside.frechet_distance:.2f}, confident {beside.confident_share:.2%}", flush=True)
    cells: list[Cell] = []
    differences: list[Difference] = []
    failures: list[str] = []
    for row, gaps in measure(asked, checkpoints, judge, moments(real.features), failures):
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
    for failure in failures:
        print(f"failed: {failure}", file=sys.stderr)
    return 2 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BadInput as error:
        sys.exit(f"{Path(__file__).name}: {error}")

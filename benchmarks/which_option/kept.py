"""What the judge says of samples, kept in a folder block by block: stopped and started again it goes on."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from explorer.checkpoints.files import Checkpoint, load
from explorer.diffusion.reverse import plan
from explorer.engine.models.devices import choose
from explorer.engine.models.predictors import from_checkpoint
from explorer.evaluation.judge import Judge, Readings, training_readings
from explorer.evaluation.samples import as_pixels, walk
from explorer.recipe.arithmetic import Precision

BLOCK = 50
"""Samples between two writes: what is lost at most when it is stopped."""


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


@dataclass(frozen=True)
class Filling:
    """Samples of a checkpoint that are to be kept.

    Attributes
    ----------
    folder, checkpoint : Path
        Absolute.
    steps : int
    clip : bool
    samples, seed : int
    device : str
    precision : Precision
    words : str
        What they are, for people.
    alone : bool
        In the one process that there is: with a bar, and all threads.
    """

    folder: Path
    checkpoint: Path
    steps: int
    clip: bool
    samples: int
    seed: int
    device: str
    precision: Precision
    words: str
    alone: bool

    def kept(self, judge: Judge) -> Kept:
        """What there is of them."""
        return Kept(self.folder, opened(self.checkpoint), judge, self.steps, self.clip, self.seed, self.precision)


@lru_cache(maxsize=4)
def opened(path: Path) -> Checkpoint:
    """Read once in a process."""
    return load(path)


@lru_cache(maxsize=1)
def judge_on(device: str) -> Judge:
    """Opened once in a process."""
    return Judge.open(choose(device))


def fill(task: Filling) -> None:
    """Make the samples that are still missing."""
    if not task.alone:
        torch.set_num_threads(1)
    checkpoint, device, judge = opened(task.checkpoint), choose(task.device), judge_on(task.device)
    kept = task.kept(judge)
    if len(kept) >= task.samples:
        return
    predictor = from_checkpoint(checkpoint, device, task.precision)
    course, shape = plan(predictor.schedule, task.steps), checkpoint.card.data.shape
    bar = tqdm(total=task.samples, initial=len(kept), desc=task.words, unit="img", file=sys.stderr, disable=not task.alone)
    with torch.inference_mode(), bar:
        while len(kept) < task.samples:
            indices = range(len(kept), min(len(kept) + BLOCK, task.samples))
            began = time.perf_counter()
            for step in walk(predictor, course, task.seed, indices, shape, device, task.clip):
                last = step.x_prev
            readings = judge.read(as_pixels(last))
            kept.add(readings, time.perf_counter() - began)
            bar.update(len(indices))


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

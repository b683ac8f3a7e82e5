"""One recipe done: its chains written as arrays, or its figures as JSON. What the next one needs too is kept in the process."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from explorer import sources
from explorer.checkpoints.files import Checkpoint
from explorer.engine.models.data_sets import DataSets
from explorer.engine.models.predictors import limit_of
from explorer.errors import BadInput
from explorer.evaluation.samples import block_samples
from explorer.exports.atomic import whole
from explorer.memory import was_short
from explorer.recipe import ChainRecipe, Lane, Recipe, encode_recipe
from explorer.recipe.shown import FPS, FRAMES
from explorer.recipe.told import Told
from explorer.sampling.finding import checkpoint_path, found
from explorer.sampling.lanes import SampledLane
from explorer.sampling.of_recipe import lane_of_recipe
from explorer.sampling.place import place
from explorer.sampling.writing import write
from explorer.sweeps import figures
from explorer.sweeps.job import CheckpointKey, Job, Outcome, Terms
from explorer.sweeps.task import Task, decode_task

KEPT = 4
"""Checkpoints that stay open."""


def do(job: Job, out: Path, terms: Terms) -> Outcome:
    """Do a recipe and write its result into a folder, whole or not at all; whatever goes wrong is told, and ends nothing else."""
    started = time.perf_counter()
    failure = ""
    try:
        if terms.threads and torch.get_num_threads() != terms.threads:
            torch.set_num_threads(terms.threads)
        bench = _bench(terms.device, terms.precision)
        with torch.inference_mode():
            bench.do(decode_task(job.recipe, job.name), out / job.file, terms.paths, job.block)
    except BadInput as error:
        failure = str(error)
    except Exception as error:  # of one recipe: the others go on
        failure = "out of memory: ask for fewer samples" if was_short(error) else f"a fault of the program: {type(error).__name__}: {error}"
    return Outcome(job, " ".join(failure.split()), time.perf_counter() - started)


@lru_cache(maxsize=1)
def _bench(device: str, precision: str) -> _Bench:
    return _Bench(device, precision)


class _Bench:
    """What a process keeps between recipes: checkpoints that are open, data sets, the place.

    Parameters
    ----------
    device, precision : str
        As of the command line (BadInput if it cannot compute there or so).
    """

    def __init__(self, device: str, precision: str) -> None:
        self._device = device
        self._where = place(device, precision)
        self._data_sets = DataSets(self._where.device)
        self._open: OrderedDict[str, Checkpoint] = OrderedDict()
        self._walked: tuple[Lane, SampledLane] | None = None

    def do(self, task: Task, out: Path, paths: dict[CheckpointKey, str], block: tuple[int, int] | None) -> None:
        """Write the result of a task, or some of its samples (BadInput)."""
        assert task.chain is not None

        def path_of(source: str, sha256: str, told: Told | None = None) -> str:
            known = paths.get((source, sha256))
            return checkpoint_path(source, sha256, told) if known is None else known

        here = found(task.chain, path_of)
        if block is not None:
            self._pixels(task.chain, here, range(*block), out)
        elif task.figure is not None:
            self._measure(task, here, out)
        elif any(lane.edits for lane in here.lanes):
            self._through_engine(here, out)
        else:
            self._sample(task.chain, here, out)

    def _sample(self, chain: ChainRecipe, here: ChainRecipe, out: Path) -> None:
        lanes = [self._lane(lane, own, chain.samples) for lane, own in zip(chain.lanes, here.lanes, strict=True)]
        kept = msgspec.structs.replace(chain, lanes=tuple(lane.lane for lane in lanes), branches=())
        ran = self._where.arithmetic(lane.run for lane in lanes if lane.run is not None)
        write(out, lanes, Recipe(chain=kept, arithmetic=ran), None, FRAMES, FPS)

    def _pixels(self, chain: ChainRecipe, here: ChainRecipe, indices: range, out: Path) -> None:
        """What `evaluate` makes of a lane: nothing of the lane depends on which of its samples these are."""
        (asked,), (own,) = chain.lanes, here.lanes
        if self._walked is None or self._walked[0] != asked:
            self._walked = asked, lane_of_recipe(asked, self._checkpoint(own), self._where, self._data_sets, None)
        lane = self._walked[1]
        *_, pixels = block_samples(
            lane.predictor, lane.course, lane.seed(chain.seed), indices, lane.image_shape, lane.device, limit_of(lane.lane.sampler),
            None if lane.network is None else lane.network.seen,
        )  # fmt: skip
        assert pixels is not None
        with whole(out) as partial, partial.open("wb") as file:
            np.save(file, pixels)

    def _lane(self, lane: Lane, here: Lane, samples: int) -> SampledLane:
        return lane_of_recipe(lane, self._checkpoint(here), self._where, self._data_sets, samples)

    def _checkpoint(self, here: Lane) -> Checkpoint | None:
        """Checkpoint of a lane whose source is its path; None of an exact one."""
        if here.exact is not None:
            return None
        if here.checkpoint not in self._open:
            opened = sources.open(Path(here.source), here.told)
            if opened.sha256 != here.checkpoint:
                raise BadInput(f"{here.source}: is not the checkpoint of the recipe ({here.checkpoint[:12]}…)")
            self._open[here.checkpoint] = opened
            while len(self._open) > KEPT:
                self._open.popitem(last=False)
        self._open.move_to_end(here.checkpoint)
        return self._open[here.checkpoint]

    def _measure(self, task: Task, here: ChainRecipe, out: Path) -> None:
        assert task.chain is not None
        found = []
        for lane, own in zip(task.chain.lanes, here.lanes, strict=True):
            if lane.edits:
                raise BadInput(f"{lane.source}: is painted or changed on its way down: a figure is of a lane as it is sampled")
            checkpoint = self._checkpoint(own)
            seed, samples = task.chain.seed if lane.seed is None else lane.seed, task.chain.samples
            if task.figure == "vlb":
                said = figures.bound(lane, checkpoint, self._where, seed, samples)
            else:
                said = figures.fid(lane_of_recipe(lane, checkpoint, self._where, self._data_sets, samples), checkpoint, seed, samples)
            found.append(said)
        ran = self._where.arithmetic()
        recipe: Any = json.loads(encode_recipe(Recipe(chain=task.chain, arithmetic=ran)))
        with whole(out) as partial:
            partial.write_text(json.dumps({"figure": task.figure, "lanes": found, "recipe": recipe}), encoding="utf-8")

    def _through_engine(self, here: ChainRecipe, out: Path) -> None:
        """Chains that are painted or changed on their way down: only the engine walks these."""
        from explorer.engine.chain.export.messages import ExportChain, ExportLook
        from explorer.engine.engine import Engine
        from explorer.engine.thread.messages import StartEngine

        engine = Engine()
        for _ in engine.handle(StartEngine(self._device, self._where.precision)):
            pass
        for _ in engine.handle(ExportChain(here, str(out), ExportLook(labels=tuple(lane.source for lane in here.lanes))), "sweep"):
            pass

"""From recipes to jobs: checkpoints found, results named, what is there already left out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from explorer.datasets.images import load_images
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Lane
from explorer.recipe.told import Told
from explorer.sampling.finding import checkpoint_path, found
from explorer.sweeps.job import CheckpointKey, Job, Outcome
from explorer.sweeps.task import MAX_RECIPES, Task, encode_task, name_of, words_of


@dataclass(slots=True)
class Plan:
    """What a sweep has to do.

    Attributes
    ----------
    jobs : list of Job
        All of them, each once, in the order of the recipes.
    paths : dict
        Of their checkpoints.
    there : set of str
        Names of those whose results are there already.
    failed : list of Outcome
        Recipes that cannot be done: a checkpoint is missing, or another.
    """

    jobs: list[Job] = field(default_factory=list)
    paths: dict[CheckpointKey, str] = field(default_factory=dict)
    there: set[str] = field(default_factory=set)
    failed: list[Outcome] = field(default_factory=list)

    @property
    def to_do(self) -> list[Job]:
        """Jobs that are left."""
        refused = {outcome.job.name for outcome in self.failed}
        return [job for job in self.jobs if job.name not in self.there and job.name not in refused]


def plan(tasks: Iterable[Task], out: Path, arithmetic: str, again: bool = False) -> Plan:
    """Jobs of recipes; two that come to the same are one.

    Parameters
    ----------
    out : Path
        The sweep's folder, where results may be, if it is there.
    arithmetic : str
        Device and precision, part of what a result is called.
    again : bool
        Results that are there are made again.

    Raises
    ------
    BadInput
        If there is no recipe, or more than 10^6; if the folder cannot be read.
    """
    finder, jobs, failures, there = _Finder(), dict[str, Job](), dict[str, str](), set[str]()
    files = set() if again else _files(out)
    for task in tasks:
        finder.asked.clear()
        failure = ""
        try:
            task = finder.settled(task)
        except BadInput as error:
            failure = str(error)
        job = Job(name_of(task, arithmetic), encode_task(task), task.ending, words_of(task), tuple(finder.asked))
        if job.name in jobs and (failure or job.name not in failures):
            continue
        jobs[job.name] = job  # a checkpoint that one recipe does not find another may
        failures.pop(job.name, None)
        if failure:
            failures[job.name] = failure
        elif job.file in files:
            there.add(job.name)
        if len(jobs) > MAX_RECIPES:
            raise BadInput(f"a sweep can have {MAX_RECIPES:,} recipes, and there are more: split it")
    if not jobs:
        raise BadInput("sweep: there is no recipe to do: the file has no line")
    return Plan(list(jobs.values()), finder.paths, there, [Outcome(jobs[name], failure) for name, failure in failures.items()])


def _files(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries}
    except FileNotFoundError:
        return set()
    except NotADirectoryError:
        raise BadInput(f"{folder}: cannot be a folder of results: it is a file") from None
    except OSError as error:
        raise BadInput(f"{folder}: cannot be read: {error.strerror}") from None


class _Finder:
    """Checkpoints and data sets of many recipes, each looked for once."""

    def __init__(self) -> None:
        self.paths: dict[CheckpointKey, str] = {}
        self.asked: dict[CheckpointKey, None] = {}
        self._refused: dict[CheckpointKey, str] = {}
        self._hashes: dict[tuple[object, ...], str] = {}

    def settled(self, task: Task) -> Task:
        """The task with the hashes of its data sets, once all its checkpoints are found (BadInput)."""
        assert task.chain is not None
        chain: ChainRecipe = task.chain
        found(chain, self._path)
        lanes = tuple(self._with_hash(lane) for lane in chain.lanes)
        return msgspec.structs.replace(task, chain=msgspec.structs.replace(chain, lanes=lanes, branches=()), shown=None, arithmetic=None)

    def _path(self, source: str, sha256: str, told: Told | None = None) -> str:
        key = source, sha256
        self.asked[key] = None
        if key in self._refused:
            raise BadInput(self._refused[key])
        if key not in self.paths:
            try:
                self.paths[key] = checkpoint_path(source, sha256, told)
            except BadInput as error:
                self._refused[key] = str(error)
                raise
        return self.paths[key]

    def _with_hash(self, lane: Lane) -> Lane:
        exact = lane.exact
        if exact is None or exact.sha256:
            return lane
        key = exact.dataset, exact.read
        if key not in self._hashes:
            self._hashes[key] = load_images(exact.dataset, told=exact.read).sha256
        return msgspec.structs.replace(lane, exact=msgspec.structs.replace(exact, sha256=self._hashes[key]))

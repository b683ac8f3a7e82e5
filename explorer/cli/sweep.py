"""`sweep`: many recipes, a file each, in this process or on workers of Ray."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer import sources
from explorer.cli import shared
from explorer.cli.told_options import takes_told
from explorer.errors import BadInput
from explorer.recipe import MAX_SAMPLES, ExactProcess, Lane
from explorer.recipe.sampler import chosen

if TYPE_CHECKING:
    from explorer.sweeps.job import Job, Outcome, Terms
    from explorer.sweeps.planning import Plan
    from explorer.sweeps.task import Task

TOLD = 10
"""Failures that are told one by one; the index has all."""
FAILED = 2


class Figure(StrEnum):
    """What is measured of each recipe in the place of its arrays."""

    fid = "fid"
    vlb = "vlb"


GRID_HELP = (
    'Every combination of settings: "seed=0..99 steps=10,25,50,100", also eta, clip, schedule, label, guidance, method, variance, '
    "spacing; as of sample --sweep, the seed being that of all noise."
)
FIGURE_HELP = "Measure each recipe, into a .json: fid of its samples, or vlb, the bound on as many test images; as evaluate does."
WORKERS_HELP = "Recipes at once, on workers of Ray; left out, one for each processor if Ray is installed."
THREADS_HELP = "Of each recipe: 1 on workers, all in this process unless told; with the same number, results are the same to the last bit."
FILE_HELP = "Recipes .jsonl, one a line, as exports carry them; or leave it out and give --checkpoint or --exact."


@takes_told("checkpoint")
def sweep(
    recipes: Annotated[Path | None, typer.Argument(help=FILE_HELP)] = None,
    *,
    out: Annotated[Path, typer.Option(help="Folder of the results; what is there already is not done again.")],
    checkpoint: Annotated[
        list[str] | None, typer.Option(help=f"A ddpm: {sources.a_file()}, or a shipped name. Several are recipes.")
    ] = None,
    exact: Annotated[list[str] | None, typer.Option(help="The exact reverse process of a data set, as of sample.")] = None,
    samples: Annotated[int | None, typer.Option(min=1, max=MAX_SAMPLES, show_default=False, help="Of each recipe (16).")] = None,
    grid: Annotated[str | None, typer.Option(help=GRID_HELP)] = None,
    figure: Annotated[Figure | None, typer.Option(show_default=False, help=FIGURE_HELP)] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=100_000, help=WORKERS_HELP)] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, show_default=False, help=THREADS_HELP)] = None,
    gpus: Annotated[
        float, typer.Option(min=0, max=64, help="Ray: GPUs for each recipe, such as 1 or 0.25; with 0 a worker sees none.")
    ] = 0.0,
    device: shared.DeviceOption = "auto",
    precision: shared.PrecisionOption = shared.EXACT,
    force: Annotated[bool, typer.Option("--force", help="Do again what is there already.")] = False,
    as_json: shared.JsonOption = False,
) -> None:
    """Do many recipes: the arrays of each, as of sample --out FILE.npz, or a figure of it.

    A result is called by a hash of its recipe, so that a sweep that was ended goes on where it was when it is typed again; index.jsonl in
    the folder says which file is what, and why a recipe failed. With Ray installed (pip install "generative-explorer[cluster]") recipes are
    done by workers side by side: of this machine, or of the cluster at RAY_ADDRESS. A recipe that fails ends no other; the exit status is
    then 2.
    """
    started = time.perf_counter()
    tasks = _tasks(recipes, checkpoint or [], exact or [], samples, grid, figure)
    from explorer.sweeps import planning
    from explorer.sweeps.job import Terms
    from explorer.workers.tasks import NoRay

    way = _way(workers)
    if way == "here" and gpus:
        raise BadInput(f"--gpus {gpus:g}: is a share for each worker of Ray, and this is done in this process: leave it out")
    made = planning.plan(tasks, out, f"{device} {precision}", again=force)  # all is refused before anything is made
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{out}: cannot be a folder of results: {error.strerror}") from None
    ran = _Run(out, made)
    jobs = made.to_do
    count = _count(way, workers, threads or 1, len(jobs))
    terms = Terms(device, precision, threads or (0 if count == 0 else 1), made.paths)
    with ran.indexed():
        try:
            _do(ran, jobs, terms, count, gpus)
        except NoRay as error:
            if workers is not None or way == "cluster":
                raise
            shared.say(f"{error}: done one after the other instead", sys.stderr)
            count = 0
            _do(ran, jobs, terms, count, gpus)
    if as_json:
        shared.print_json(ran.report(count, time.perf_counter() - started))
    else:
        shared.say(ran.summary())
    if ran.failures:
        ran.say_failures()
        raise typer.Exit(FAILED)


def _tasks(
    recipes: Path | None, checkpoints: list[str], exact: list[str], samples: int | None, grid: str | None, figure: Figure | None
) -> Iterator[Task]:
    """Recipes of the file, or of the grid (BadInput)."""
    from explorer.sweeps.grid import EXAMPLE, parse_grid, tasks_of
    from explorer.sweeps.task import read_tasks

    named = [f"--{name}" for name, value in (("checkpoint", checkpoints), ("exact", exact), ("samples", samples), ("grid", grid)) if value]
    if recipes is not None and named:
        raise BadInput(f"{recipes}: its recipes say all of themselves: leave out {', '.join(named)}")
    if recipes is not None:
        import msgspec

        read = read_tasks(recipes)
        return read if figure is None else (msgspec.structs.replace(task, figure=figure.value) for task in read)
    if not checkpoints and not exact:
        raise BadInput(f'sweep: name a file of recipes, or --checkpoint mnist-ddpm-c with --grid "{EXAMPLE}"')
    axes = parse_grid(grid or "")
    lanes = [_lane(name) for name in checkpoints]
    lanes += [Lane("", name, exact=ExactProcess(name)) for name in exact]
    return tasks_of(lanes, axes, samples or 16, None if figure is None else figure.value)


def _lane(name: str) -> Lane:
    """A checkpoint's lane as `sample` has it, its weights untouched (BadInput if it is no ddpm)."""
    from explorer.checkpoints.locate import source_of

    path = sources.located(name)
    card = sources.card(path)
    if card.kind != "ddpm":
        raise BadInput(f"{path}: is of kind {card.kind}; a sweep is of a ddpm's chains")
    if card.told is not None:
        sources.remember(path, card.told)
    try:
        sha256 = sources.sha256(path, card.told)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    return Lane(sha256, source_of(path), card.option, chosen(card.sampler.said, {}), told=card.told)


def _way(workers: int | None) -> str:
    """Who does the work: "cluster", "workers" or "here" (BadInput where Ray is asked for and missing, or its cluster may not be used)."""
    from explorer.workers import cluster

    address = cluster.address()
    missing = cluster.missing()
    if not missing:
        if address is not None:
            cluster.check(address)
            return "cluster"
        return "here" if workers == 1 else "workers"
    if address is not None:
        raise BadInput(f"{cluster.ADDRESS} is set, and Ray {missing}: {cluster.INSTALL}")
    if workers is not None and workers > 1:
        cluster.check_installed(workers)
    return "here"


def _count(way: str, workers: int | None, threads: int, jobs: int) -> int | None:
    """Workers of Ray: 0 is this process, None as many as a cluster has processors for."""
    from explorer.processors import share

    if way == "here" or not jobs:
        return 0
    if way == "cluster":
        return workers
    count = min(workers or max(1, share(1) // threads), jobs)
    return count if workers or count > 1 else 0


def _do(ran: _Run, jobs: list[Job], terms: Terms, count: int | None, gpus: float) -> None:
    from explorer.sweeps import here, on_ray

    with shared.progress(len(jobs), "sweeping", "recipe") as report:
        outcomes = here.run(jobs, ran.out, terms) if count == 0 else on_ray.run(jobs, ran.out, terms, count, gpus)
        with contextlib.closing(outcomes):  # type: ignore[type-var]
            for outcome in outcomes:
                ran.take(outcome)
                report(1)


class _Run:
    """What has become of a sweep's recipes so far."""

    def __init__(self, out: Path, plan: Plan) -> None:
        self.out, self._plan = out, plan
        self._states = dict.fromkeys(plan.there, "there")
        self.failures: dict[str, str] = {}
        self._words = {job.name: job.words for job in plan.jobs}
        self._lost = 0
        for outcome in plan.failed:
            self.take(outcome)

    def take(self, outcome: Outcome) -> None:
        name = outcome.job.name
        self._lost += outcome.lost
        self._states[name] = "failed" if outcome.failure else "done"
        if outcome.failure:
            self.failures[name] = outcome.failure

    @contextlib.contextmanager
    def indexed(self) -> Iterator[None]:
        """The index, at the beginning and however it ends."""
        from explorer.sweeps import index

        index.write(self.out, self._plan, self._states, self.failures)
        try:
            yield
        except KeyboardInterrupt:
            shared.say(f"{self.summary()}; the same command goes on from here", sys.stderr)
            raise
        finally:
            index.write(self.out, self._plan, self._states, self.failures)

    def _number(self, state: str) -> int:
        return sum(each == state for each in self._states.values())

    def summary(self) -> str:
        """One line for people."""
        total, left = len(self._plan.jobs), len(self._plan.jobs) - len(self._states)
        parts = [(self._number("done"), "done"), (self._number("there"), "there already"), (left, "left"), (len(self.failures), "failed")]
        told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
        again = f"; {self._lost} worker{'s' * (self._lost != 1)} ended, what they did was done again" if self._lost else ""
        return f"{self.out}: {total:,} recipe{'s' * (total != 1)}: {told}{again}"

    def say_failures(self) -> None:
        """A line each on stderr, and how many more there are."""
        for name, why in list(self.failures.items())[:TOLD]:
            shared.say(f"{self._words[name]}: {why}", sys.stderr)
        if len(self.failures) > TOLD:
            shared.say(f"{len(self.failures) - TOLD:,} more failed: {self.out / 'index.jsonl'} says why", sys.stderr)

    def report(self, workers: int | None, seconds: float) -> dict[str, object]:
        """For programs."""
        failed = [{"file": name, "is": self._words[name], "why": why} for name, why in self.failures.items()]
        return {
            "out": self.out, "recipes": len(self._plan.jobs), "done": self._number("done"), "there": self._number("there"),
            "failed": failed, "workers": workers, "lost_workers": self._lost, "seconds": round(seconds, 3),
        }  # fmt: skip

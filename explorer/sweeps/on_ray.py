"""A sweep on workers of Ray: started here for it, or of a cluster that runs already. A worker that ends takes no recipe with it."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.exports.atomic import whole
from explorer.sweeps import cluster
from explorer.sweeps.job import Job, Outcome, Terms
from explorer.sweeps.parcels import Parcel, arrived, parcels_of

AHEAD = 2
"""Recipes handed out for each worker, so that none waits for the next."""
TRIES = 4
"""Workers that a recipe may end before it is given up: one that takes all memory ends each."""
STORE_BYTES = 100 << 20
"""Of Ray's object store where results are written by the workers themselves: next to nothing goes through it."""


class NoRay(BadInput):
    """Ray cannot be started or reached; nothing has been done yet."""


def run(jobs: Iterable[Job], out: Path, terms: Terms, workers: int | None, gpus: float = 0.0) -> Iterator[Outcome]:
    """Do the jobs on workers, as they come; results lie in the folder.

    Parameters
    ----------
    workers : int or None
        How many recipes at once; of a cluster None is as many as it has processors for.
    gpus : float
        Share of a GPU for each recipe; with 0 a worker sees none.

    Raises
    ------
    NoRay
        If it cannot be started or reached.
    BadInput
        If the cluster may not be used (`cluster.check`).
    """
    address = cluster.address()
    with _unspoken(), _connected(address, workers or 1, terms) as ray:
        if address is None:
            yield from _flow(ray, jobs, _Near(ray, out, terms, gpus), (workers or 1) * AHEAD)
        else:
            found = max(1, int(ray.cluster_resources().get("CPU", 1)) // max(1, terms.threads))
            yield from _flow(ray, jobs, _Far(ray, out, terms, gpus), workers or found * AHEAD)


@contextmanager
def _unspoken() -> Iterator[None]:
    """Ray tells on stdout of workers that end, whatever it was told of logs; stdout is for what came of the sweep."""
    os.environ.setdefault("RAY_DEDUP_LOGS", "0")  # else some of it comes at exit
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        yield


@contextmanager
def _connected(address: str | None, workers: int, terms: Terms) -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    if address is None:
        os.environ.setdefault("RAY_worker_niceness", "0")  # as every command runs: Ray's own 15 waits for all else
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # of this sweep alone, known to its own processes
    else:
        cluster.check(address)
    import ray

    own: dict[str, Any] = {
        "num_cpus": workers * max(1, terms.threads), "include_dashboard": False, "_node_ip_address": "127.0.0.1",
        "object_store_memory": STORE_BYTES,
    }  # fmt: skip
    on_main = threading.current_thread() is threading.main_thread()
    ended = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **(own if address is None else {}))
    except Exception as error:  # Ray raises many kinds, also plain ones
        ray.shutdown()
        where = (
            "cannot be started here"
            if address is None
            else f"cannot be reached at {cluster.ADDRESS}={address} (is RAY_AUTH_TOKEN its token?)"
        )
        raise NoRay(f"Ray {where}: {_first_line(error)}") from None
    finally:
        if on_main:
            signal.signal(signal.SIGTERM, ended)  # Ray takes it, and would leave what is half written
    try:
        if address is not None:
            cluster.check(_head(ray, address))
        yield ray
    finally:
        ray.shutdown()


def _head(ray: Any, address: str) -> str:
    """Where the cluster's head is: "auto" may mean one of another machine."""
    return address if "://" in address else str(ray.get_runtime_context().gcs_address)


def _needs(terms: Terms, gpus: float) -> dict[str, Any]:
    """What a recipe takes of a worker; whether it is tried again is decided here, where it can be told."""
    return {"num_cpus": max(1, terms.threads), "num_gpus": gpus, "max_retries": 0}


class _Near:
    """Workers on this machine, which write into the folder themselves."""

    def __init__(self, ray: Any, out: Path, terms: Terms, gpus: float) -> None:
        from explorer.sweeps.work import do

        self._do, self._needs = ray.remote(do), _needs(terms, gpus)
        self._out, self._terms = out.resolve(), terms

    def submit(self, job: Job) -> Any:
        return self._do.options(name=f"sweep {job.name}", **self._needs).remote(job, self._out, self._terms)

    def received(self, answer: Any) -> Outcome:
        outcome: Outcome = answer
        return outcome


class _Far:
    """Workers anywhere: checkpoints go there once, results come back as bytes."""

    def __init__(self, ray: Any, out: Path, terms: Terms, gpus: float) -> None:
        self._do, self._needs = ray.remote(_do_there), _needs(terms, gpus)
        self._out, self._terms = out, replace(terms, paths={})
        self._parcels = parcels_of(terms.paths, ray.put)

    def submit(self, job: Job) -> Any:
        needed = {key: self._parcels[key] for key in job.checkpoints if key in self._parcels}
        return self._do.options(name=f"sweep {job.name}", **self._needs).remote(job, self._terms, needed)

    def received(self, answer: Any) -> Outcome:
        outcome, content = answer
        if content:
            with whole(self._out / outcome.job.file) as partial:
                partial.write_bytes(content)
        return outcome


def _do_there(job: Job, terms: Terms, parcels: dict[tuple[str, str], Parcel]) -> tuple[Outcome, bytes]:
    """On a worker: what the job gives, as the content of its file."""
    import tempfile

    import ray

    from explorer.sweeps.work import do

    try:
        paths = {key: arrived(parcel, ray.get) for key, parcel in parcels.items()}
    except (BadInput, OSError) as error:
        return Outcome(job, f"the worker cannot keep a checkpoint: {error}"), b""
    with tempfile.TemporaryDirectory() as folder:
        outcome = do(job, Path(folder), replace(terms, paths=paths))
        return outcome, b"" if outcome.failure else (Path(folder) / job.file).read_bytes()


def _flow(ray: Any, jobs: Iterable[Job], workers: _Near | _Far, most: int) -> Iterator[Outcome]:
    """Outcomes as they come, with at most so many jobs handed out."""
    lost = (
        ray.exceptions.WorkerCrashedError,
        ray.exceptions.NodeDiedError,
        ray.exceptions.OutOfMemoryError,
        ray.exceptions.ObjectLostError,
    )
    source = iter(jobs)
    out: dict[Any, Job] = {}
    tries: dict[str, int] = {}
    while True:
        while len(out) < most and (job := next(source, None)) is not None:
            out[workers.submit(job)] = job
        if not out:
            return
        (ready, *_), _ = ray.wait(list(out), num_returns=1)
        job = out.pop(ready)
        try:
            outcome = workers.received(ray.get(ready))
        except lost as error:
            tries[job.name] = tries.get(job.name, 0) + 1
            if tries[job.name] < TRIES:
                out[workers.submit(job)] = job
                continue
            short = isinstance(error, ray.exceptions.OutOfMemoryError)
            why = "out of memory: ask for fewer samples or --workers" if short else _first_line(error)
            outcome = Outcome(job, f"{TRIES} workers ended while they did it: {why}")
        except ray.exceptions.RayError as error:
            outcome = Outcome(job, f"a worker refused it: {_last_line(error)}")
        except BadInput as error:  # the result came, and cannot be written
            outcome = Outcome(job, str(error))
        yield replace(outcome, lost=tries.pop(job.name, 0))


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _last_line(error: Exception) -> str:
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)

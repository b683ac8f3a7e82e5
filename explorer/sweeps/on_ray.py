"""A sweep on workers of Ray: of this machine, which write into its folder, or of a cluster, which send results back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer import __version__
from explorer.errors import BadInput
from explorer.exports.atomic import whole
from explorer.sweeps.job import Job, Outcome, Terms
from explorer.sweeps.parcels import Parcel, arrived, parcels_of
from explorer.workers import cluster
from explorer.workers.tasks import AHEAD, connected, flow


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
    address, threads = cluster.address(), max(1, terms.threads)
    with connected(address, (workers or 1) * threads) as ray:
        made: _Near | _Far
        if address is None:
            if (there := ray.cluster_resources().get("GPU", 0)) < gpus:
                raise BadInput(f"--gpus {gpus:g}: Ray finds {there:g} GPUs on this machine")  # it would wait for more for ever
            made, most = _Near(ray, out, terms, gpus), (workers or 1) * AHEAD
        else:
            found = max(1, int(ray.cluster_resources().get("CPU", 1)) // threads)
            made, most = _Far(ray, out, terms, gpus), workers or found * AHEAD
        for done in flow(ray, jobs, made.submit, most):
            if done.failure:
                yield Outcome(done.piece, done.failure, lost=done.lost)
                continue
            try:
                yield replace(made.received(done.answer), lost=done.lost)
            except BadInput as error:  # the result came, and cannot be written
                yield Outcome(done.piece, str(error), lost=done.lost)


def _needs(terms: Terms, gpus: float) -> dict[str, Any]:
    """What a recipe takes of a worker."""
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
        return self._do.options(name=f"sweep {job.name}", **self._needs).remote(job, self._terms, needed, __version__)

    def received(self, answer: Any) -> Outcome:
        outcome, content = answer
        if content:
            with whole(self._out / outcome.job.file) as partial:
                partial.write_bytes(content)
        return outcome


def _do_there(job: Job, terms: Terms, parcels: dict[tuple[str, str], Parcel], version: str) -> tuple[Outcome, bytes]:
    """On a worker: what the job gives, as the content of its file; nothing where the worker is of another version."""
    if version != __version__:
        return Outcome(job, f"the worker has Generative Explorer {__version__}, and this is {version}: install the same there"), b""
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

"""A sweep in this process, one recipe after the other: what there is without Ray."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from explorer.sweeps.job import Job, Outcome, Terms


def run(jobs: Iterable[Job], out: Path, terms: Terms) -> Iterator[Outcome]:
    """Do the jobs in their order; results lie in the folder."""
    from explorer.sweeps.work import do

    for job in jobs:
        yield do(job, out, terms)

"""What lies in a sweep's folder: a line for each recipe, with its settings, what became of it, and its figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.errors import BadInput
from explorer.exports.atomic import whole
from explorer.regular_file import read_whole
from explorer.sweeps.job import Job
from explorer.sweeps.planning import Plan
from explorer.sweeps.task import decode_task

NAME = "index.jsonl"
MOST_BYTES = 2**26
"""Of a result, whose recipe may have a picture in it."""
FIGURES = ("fid", "fid_standard_error", "confident_share", "bits_per_dim", "nats")


def write(folder: Path, plan: Plan, states: Mapping[str, str], failures: Mapping[str, str]) -> None:
    """Write the index, whole (BadInput if it cannot be written).

    Parameters
    ----------
    states : mapping
        By the name of a job: "done", "there" or "failed"; "waiting" where it says nothing.
    failures : mapping
        By name, why.
    """
    with whole(folder / NAME) as partial, partial.open("w", encoding="utf-8") as file:
        for job in plan.jobs:
            state = states.get(job.name, "waiting")
            row = {"file": job.file, "state": state, "is": job.words, **_settings(job)}
            if state == "failed":
                row["why"] = failures.get(job.name, "")
            elif state in ("done", "there") and job.ending == ".json":
                row |= figures_of(folder / job.file)
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _settings(job: Job) -> dict[str, Any]:
    """Seed and samples; of a recipe of one lane its sampler, too."""
    chain = decode_task(job.recipe, job.name).chain
    assert chain is not None
    said: dict[str, Any] = {"seed": chain.seed, "samples": chain.samples}
    if len(chain.lanes) != 1:
        return said
    (lane,) = chain.lanes
    sampler = lane.sampler
    schedule = None if lane.schedule is None else f"{lane.schedule.title}:{lane.schedule.T}"
    return said | {
        "source": lane.source, "option": lane.option, "steps": sampler.steps, "method": sampler.method, "eta": sampler.eta,
        "clip": sampler.clip, "variance": sampler.variance, "spacing": sampler.spacing, "schedule": schedule,
        "label": list(lane.labels) if lane.exact is None else lane.exact.label, "guidance": lane.guidance,
    }  # fmt: skip


def figures_of(path: Path) -> dict[str, Any]:
    """Figures of a result's first lane; none of a file that is no result."""
    try:
        first = json.loads(read_whole(path, MOST_BYTES))["lanes"][0]
        return {name: first[name] for name in FIGURES if name in first}
    except (OSError, BadInput, ValueError, LookupError, TypeError, RecursionError):
        return {}

"""One of retrained.py's networks: trained by the app's own command, measured, kept, and thrown away."""

from __future__ import annotations

import csv
import ctypes
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from measure import Ruler, measured
from networks import BUDGET, RESULTS, Network

from explorer import __version__
from explorer.errors import BadInput
from explorer.memory import keep_freed_memory

ROWS = 10
"""Means of the loss that are kept of a training."""


@dataclass(frozen=True)
class Making:
    """What is to be done.

    Attributes
    ----------
    network : Network
    folder : Path
        Where networks are while they are trained, absolute.
    quiet : bool
        Progress goes into the network's log, not to the terminal.
    """

    network: Network
    folder: Path
    quiet: bool


def trained(network: Network, out: Path, quiet: bool) -> None:
    """Train it with the app's own command, from where it was stopped (BadInput if that fails)."""
    command = [sys.executable, "-m", "explorer", *network.training(out), "--json", "--resume"]
    path = out.parent / f"{network.name}.log"
    ending = _end_with_this_process if sys.platform == "linux" else None
    with path.open("a") as log:
        done = subprocess.run(command, stdout=log, stderr=log if quiet else None, preexec_fn=ending)
    if done.returncode:
        raise BadInput(f"its training ended with exit status {done.returncode}" + (f": {_last_line(path)}" if quiet else ""))


def _end_with_this_process() -> None:
    """A worker that is killed leaves no training behind, which would keep whoever does the network again from its folder."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def training_figures(out: Path) -> dict[str, Any]:
    """Loss over the run and what it is where the network says nothing; as `train` noted them."""
    with (out / "loss.csv").open(newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    parts = [losses[len(losses) * i // ROWS : len(losses) * (i + 1) // ROWS] for i in range(ROWS)]
    status = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return {"loss": [float(f"{sum(part) / len(part):.6g}") for part in parts], "loss_scale": float(f"{status['loss_scale']:.6g}")}


@lru_cache(maxsize=1)
def ruler_of(folder: Path) -> Ruler:
    """Made once in a process."""
    return Ruler.made(folder)


def make(task: Making) -> str:
    """Train, sample, measure, write, and throw the weights away; what it came to, in a line."""
    torch.set_num_threads(1)
    keep_freed_memory()
    network, ruler = task.network, ruler_of(task.folder)
    out = task.folder / network.name
    trained(network, out, task.quiet)
    cells, row = measured(network, out / "final.safetensors", ruler)
    result = {
        "network": asdict(network), "budget": asdict(BUDGET),
        "command": shlex.join(["generative-explorer", *network.training(Path("runs") / network.name)]),
        "version": __version__, "torch": torch.__version__, "judge": ruler.judge.sha256,
        "training": training_figures(out), "cells": cells,
    }  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    row.save(network.path.with_suffix(".png"), optimize=True)
    partial = network.path.with_suffix(".partial")
    partial.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, network.path)
    shutil.rmtree(out)
    return "  ".join([network.name, *(f"{c['steps']} steps: KID {c['kid']:.1f}, FID_inf {c['fid_infinity']:.1f}" for c in cells)])

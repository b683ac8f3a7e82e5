"""The state of a run on disk: all that is needed to go on at any update as if nothing had happened."""

from __future__ import annotations

import os
import pickle
import re
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from explorer.checkpoints.snapshots import FINAL_NAME
from explorer.errors import BadInput
from explorer.half_written import forget_dead
from explorer.regular_file import check_regular
from explorer.training.control import STATUS_NAME, alive, read_status

SILENT_SECONDS = 60.0
"""After which a run of another machine that has said nothing is taken to be gone."""
STATE_NAME = "state.ckpt"
WRITTEN = r"(state\.ckpt|run\.json|loss(-by-timestep)?\.csv|(epoch-\d+|snapshot-\d+|final)\.safetensors)"
HALF_WRITTEN = re.compile(rf"{WRITTEN}\.partial|\.tmp\w{{6}}")
"""The neighbours that a run writes to before it renames them, and where safetensors writes before that."""


def refuse_taken(folder: Path, resume: bool | None = False) -> None:
    """Refuse a folder that holds what a new run would replace.

    Parameters
    ----------
    resume : bool or None
        Go on with the run that is there; None for what cannot go on.

    Raises
    ------
    BadInput
        If it holds a run, which shall not go on, or a finished model without the state of its run.
    """
    if os.path.exists(folder / STATE_NAME):
        if not resume:
            advice = "" if resume is None else "add --resume to go on with it, or "
            raise BadInput(f"{folder}: holds a run already; {advice}choose another folder")
    elif os.path.exists(folder / FINAL_NAME):
        raise BadInput(f"{folder}: holds a finished model already ({FINAL_NAME}); choose another folder")
    elif there := sorted(path.name for path in folder.glob("*.safetensors") if re.fullmatch(WRITTEN, path.name)):
        raise BadInput(f"{folder}: holds checkpoints of a run already ({there[0]}), and no state to go on from; choose another folder")


def refuse_at_work(folder: Path) -> None:
    """Refuse a folder whose run is at work: two would write over each other (BadInput, which names the process)."""
    status = read_status(folder)
    if status is None or status.pid == os.getpid() or not alive(status):
        return
    other = status.process
    if other is not None and not other.is_here:
        if time.time() - (folder / STATUS_NAME).stat().st_mtime > SILENT_SECONDS:
            return  # its machine may be down, and cannot be asked
        raise BadInput(f"{folder}: its run is at work on {other.host}; stop it there first")
    raise BadInput(f"{folder}: its run is at work (process {status.pid}); stop it first")


def write_state(fabric: Fabric, folder: Path, state: dict[str, Any]) -> None:
    """Write the state whole: to a neighbour file first, then renamed. Every process of the run has to call it.

    Raises
    ------
    BadInput
        If there is no room, or the folder cannot be written; the state before it stays as it is.
    """
    partial = folder / (STATE_NAME + ".partial")
    try:
        fabric.save(partial, state)
        if fabric.is_global_zero:
            partial.replace(folder / STATE_NAME)
    except (OSError, RuntimeError) as error:  # torch's writer turns a full disk into a RuntimeError
        if fabric.is_global_zero:
            partial.unlink(missing_ok=True)
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(f"{folder / STATE_NAME}: cannot be written: {cause}; the last whole one is kept") from None


def read_state(fabric: Fabric, folder: Path, state: dict[str, Any]) -> bool:
    """Fill `state`, or the part of it that is asked for, from the folder, in place; False where there is none.

    Raises
    ------
    BadInput
        If the file is none of this run's, or a pipe or a device.
    """
    path = folder / STATE_NAME
    if not path.exists():
        return False
    check_regular(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            fabric.load(path, state)
    except (pickle.UnpicklingError, RuntimeError, ValueError, KeyError, EOFError, OSError, TypeError, AttributeError) as error:
        if "weights_only" in str(error):  # torch's advice is to load it all the same
            raise BadInput(f"{path}: is not a state of this run: it is not opened because it may contain code") from None
        raise BadInput(f"{path}: is not a state of this run: {error}") from None
    return True


def clear_half_written(folder: Path) -> None:
    """Remove what a run that was killed while it wrote has left: it takes room, and nobody reads it."""
    forget_dead(folder)
    for path in folder.iterdir():
        if path.is_file() and HALF_WRITTEN.fullmatch(path.name):
            path.unlink(missing_ok=True)


def chance(generator: torch.Generator) -> dict[str, Any]:
    """State of all chance: the run's own generator, and torch's global one (dropout)."""
    return {"own": generator.get_state(), "torch": torch.get_rng_state()}


def restore_chance(generator: torch.Generator, state: dict[str, Any]) -> None:
    """Take up a kept state of all chance."""
    generator.set_state(state["own"])
    torch.set_rng_state(state["torch"])

"""Pausing and stopping a run from another process, and what the run says of itself: two small files in its folder.

Files, because they work alike on every system, survive the window that asked, and are found again by the next one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import psutil

from explorer.errors import BadInput
from explorer.processes import Process
from explorer.regular_file import read_whole

CONTROL_NAME = "control"
STATUS_NAME = "run.json"
POLL_SECONDS = 0.1
CLOCK_SLACK = 2.0
MOST_NOTED = 2**20
"""Bytes of a file in which a run, or a window, notes something."""

Wish = Literal["", "pause", "stop"]
Phase = Literal["starting", "running", "paused", "stopped", "finished", "failed"]
ENDED: tuple[Phase, ...] = ("stopped", "finished", "failed")


class RunStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run says of itself.

    Attributes
    ----------
    pid : int
        Its process.
    phase : Phase
    command : str
        What was typed.
    kind : str
        ddpm, vae, ae or classifier; `option` of a ddpm.
    dataset : str
    epochs, batch, steps : int
        Of the whole run.
    epoch, step, images : int
        Done.
    loss, gradient_norm, images_per_second, seconds_left : float
        Of the last report.
    message : str
        Why it failed.
    timesteps : int
        T of a ddpm; 0 where that has none, or every t is in each update.
    loss_scale : float
        What the loss is divided by before its gradient is taken (`Task.objective_scale`); 0 in a run of an older version.
    started, updated : float
        Seconds since 1970.
    started_in : str
        The folder that relative paths of the command start from.
    process : Process or None
        Who it is; None in a run of an older version.
    """

    pid: int
    phase: Phase
    command: str
    kind: str
    option: str = ""
    dataset: str = ""
    epochs: int = 0
    batch: int = 0
    steps: int = 0
    epoch: int = 0
    step: int = 0
    images: int = 0
    loss: float | None = None
    gradient_norm: float | None = None
    images_per_second: float = 0.0
    seconds_left: float = 0.0
    message: str = ""
    timesteps: int = 0
    loss_scale: float = 0.0
    started: float = 0.0
    updated: float = 0.0
    started_in: str = ""
    process: Process | None = None


def read_status(folder: Path) -> RunStatus | None:
    """What the run in a folder said last; None where there is none that can be read."""
    try:
        return msgspec.json.decode(read_whole(folder / STATUS_NAME, MOST_NOTED), type=RunStatus)
    except (OSError, ValueError, BadInput, RecursionError):  # ValueError: a name that no folder can have
        return None


def write_status(folder: Path, status: RunStatus) -> None:
    """Replace what the run says of itself, whole."""
    replace_whole(folder / STATUS_NAME, msgspec.json.encode(status))


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file to a neighbour, which it becomes; where there is no room it stays as it was, and nothing is left beside it (OSError)."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)  # a full disk is not made fuller
        raise


def ask(folder: Path, wish: Wish) -> None:
    """Ask the run in a folder to pause, to stop, or ("") to go on."""
    path = folder / CONTROL_NAME
    if wish:
        path.write_text(wish, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def wished(folder: Path) -> Wish:
    """What the run in a folder is asked for."""
    try:
        text = read_whole(folder / CONTROL_NAME, MOST_NOTED).decode(errors="replace").strip()
    except (OSError, BadInput):
        return ""
    return "pause" if text == "pause" else "stop" if text == "stop" else ""


def while_paused(folder: Path) -> Iterator[None]:
    """Wait, one item each tenth of a second, until the run is no longer asked to pause."""
    while wished(folder) == "pause":
        yield
        time.sleep(POLL_SECONDS)


def alive(status: RunStatus) -> bool:
    """Whether the process of a run that has not ended is still there (and not another of its number).

    One of another machine, on a disk that both see, is taken for what it says of itself.
    """
    if status.phase in ENDED:
        return False
    if status.process is not None:
        return not status.process.is_here or status.process.is_there
    try:
        return psutil.Process(status.pid).create_time() <= status.started + CLOCK_SLACK
    except (psutil.NoSuchProcess, ValueError):  # ValueError: a number that no process can have
        return False
    except psutil.Error:
        return True  # somebody else's: not to be asked

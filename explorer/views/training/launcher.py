"""Starting runs in processes of their own, which outlive the window, and asking them to pause or stop."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil
from PySide6.QtCore import QProcess

from explorer.errors import BadInput
from explorer.own_process import RUN_IN_FILES, own_command
from explorer.processes import process_of
from explorer.recipe.training import TrainRecipe, arguments
from explorer.training import control
from explorer.training.runs import Launch, Run, going_on, new_folder, read_launch, write_launch
from explorer.widgets.look.language import tr


def start(recipe: TrainRecipe) -> Path:
    """Start a run; its folder.

    Raises
    ------
    BadInput
        If its folder cannot be made or its process cannot be started.
    """
    folder = new_folder(recipe)
    command = arguments(recipe, str(folder))
    _start(folder, command, Launch(tuple(command), 0, 0.0, recipe))
    return folder


def go_on(run: Run) -> None:
    """Let a run that is paused, or one that has ended, go on.

    Raises
    ------
    BadInput
        If its command is not known, or its process cannot be started.
    """
    if run.live:
        _ask(run, "")
        return
    command = going_on(run)
    _ask(run, "")
    where = Path(run.status.started_in) if run.status is not None and run.status.started_in else run.folder
    _start(run.folder, [*command, "--resume"], read_launch(run.folder) or Launch(tuple(command), 0, 0.0), where)


def pause(run: Run) -> None:
    """Ask a run to pause at its next update (BadInput if its folder cannot be written)."""
    _ask(run, "pause")


def stop(run: Run) -> None:
    """Ask a run to stop at its next update, with its state kept; one that has not begun ends at once (BadInput as `pause`)."""
    if run.phase == "starting" and run.launch is not None:
        if not run.elsewhere and _is_of(run.launch.pid, run.folder):
            with contextlib.suppress(psutil.Error):
                psutil.Process(run.launch.pid).terminate()
        return
    _ask(run, "stop")


def _is_of(pid: int, folder: Path) -> bool:
    """Whether a process is one that a window started for this folder: what a file in the folder says of it is not enough."""
    try:
        words = psutil.Process(pid).cmdline()
    except (psutil.Error, ValueError, OverflowError):
        return False
    return any(word == RUN_IN_FILES and Path(after) == folder for word, after in pairwise(words))


def note(run: Run, speed: float, memory: int) -> None:
    """Keep what a run was seen to need, for the next one's estimate."""
    launch = read_launch(run.folder)
    if launch is not None and (speed or memory):
        seen = msgspec.structs.replace(launch, speed=speed or launch.speed, memory=max(memory, launch.memory))
        if seen != launch:
            with contextlib.suppress(OSError):
                write_launch(run.folder, seen)


def _ask(run: Run, wish: control.Wish) -> None:
    try:
        control.ask(run.folder, wish)
    except OSError as error:
        raise BadInput(tr("{folder}: cannot be written: {strerror}", folder=run.folder, strerror=error.strerror)) from None


def _start(folder: Path, command: list[str], launch: Launch, where: Path | None = None) -> None:
    """Start a process, and note it; relative paths of its command are meant from `where`, by default its own folder."""
    began = time.time()
    program, *words = own_command(RUN_IN_FILES, str(folder), str(where or folder), *command, "--json")
    ok, pid = QProcess.startDetached(program, words)
    if not ok:
        raise BadInput(tr("{folder}: the training could not be started by {program}", folder=folder, program=program))
    try:
        write_launch(folder, msgspec.structs.replace(launch, pid=pid, launched=began, process=process_of(pid)))
    except OSError as error:
        raise BadInput(tr("{folder}: cannot be written: {strerror}", folder=folder, strerror=error.strerror)) from None

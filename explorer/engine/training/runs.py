"""Training runs on this machine for a window on another: each a process of its own, which outlives the engine."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.thread.messages import Done
from explorer.engine.thread.requests import Steps
from explorer.engine.training.run_messages import AskRun, FileState, ReadRun, RunRead, RunStarted, StartRun
from explorer.errors import BadInput
from explorer.half_written import ENDING
from explorer.own_process import RUN_IN_FILES, own_command
from explorer.paths import files_of_others
from explorer.processes import process_of
from explorer.sources.hashing import file_hash
from explorer.training import control
from explorer.training.control import Phase
from explorer.training.runs import LAUNCH_NAME, Launch, look, runs_folder, write_launch

PIECE = 2**20
"""Bytes of an answer."""
NOT_FETCHED = (LAUNCH_NAME, control.CONTROL_NAME, "state.ckpt")
"""What only this machine has a use for."""
_NAME = re.compile(r"[\w.-]{1,200}")


def start_run(request: StartRun, desk: Desk) -> Steps:
    """Start its process in a folder of this machine (BadInput if that cannot be made, or there is no such command)."""
    folder = _folder(request.name)
    words = list(request.command)
    if words[:1] != ["train"] or "--out" not in words[:-1]:
        raise BadInput(f"{request.name}: this is no command that trains")
    words[words.index("--out") + 1] = str(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        control.ask(folder, "")
        began = time.time()
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            own_command(RUN_IN_FILES, str(folder), str(folder), *words, "--json"),
            stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True,
        )  # fmt: skip
        write_launch(folder, Launch(tuple(words), process.pid, began, process=process_of(process.pid)))
    except OSError as error:
        raise BadInput(f"{folder}: the training could not be started: {error.strerror or error}") from None
    yield RunStarted(request.name)


def ask_run(request: AskRun, desk: Desk) -> Steps:
    """Leave it word (BadInput if its folder cannot be written)."""
    folder = _folder(request.name)
    try:
        control.ask(folder, request.wish)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {error.strerror}") from None
    yield Done()


def read_run(request: ReadRun, desk: Desk) -> Steps:
    """A piece of the first file that is new, the small ones first."""
    folder = _folder(request.name)
    run = look(folder)
    state, offset, content = _piece(folder, request)
    phase: Phase | Literal[""] = "" if run is None else run.phase
    message = "" if run is None else run.message
    yield RunRead(request.name, phase, message, state, offset, read_only(np.frombuffer(content, np.uint8)))


def _folder(name: str) -> Path:
    if not _NAME.fullmatch(name) or not name.strip("."):
        raise BadInput(f"{name}: is no name of a run")
    return runs_folder() / name


def _piece(folder: Path, request: ReadRun) -> tuple[FileState | None, int, bytes]:
    known = {state.file: state for state in request.known}
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and entry.name not in NOT_FETCHED and not entry.name.startswith(".") and not entry.name.endswith(ENDING):
                stat = entry.stat()
                found.append(FileState(entry.name, stat.st_size, stat.st_mtime_ns))
    for state in sorted(found, key=lambda each: (each.size, each.file)):
        if known.get(state.file) == state:
            continue
        offset = request.offset if request.begun == state else _appended(known.get(state.file), state)
        with contextlib.suppress(OSError), open(folder / state.file, "rb") as file:
            file.seek(offset)
            content = file.read(min(PIECE, state.size - offset))
            stat = os.fstat(file.fileno())
            if (stat.st_size, stat.st_mtime_ns) == (state.size, state.modified):
                if offset + len(content) == state.size:
                    _keep_for_the_window(folder / state.file)
                return state, offset, content
    return None, 0, b""


def _appended(known: FileState | None, state: FileState) -> int:
    """Where to read on in a file to which lines are added."""
    return known.size if known is not None and known.size <= state.size and state.file.endswith((".csv", ".log")) else 0


def _keep_for_the_window(path: Path) -> None:
    """A checkpoint that the window has from here need not be sent back when it is looked at."""
    if path.suffix != ".safetensors":
        return
    folder = files_of_others()
    with contextlib.suppress(OSError, BadInput):
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / file_hash(path)
        if not kept.exists():
            os.link(path, kept)

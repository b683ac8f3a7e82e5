"""Runs on the engine's machine, where that is another: started and asked there, and their files fetched into folders here."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject

from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.engine.training.run_messages import AskRun, FileState, ReadRun, RunRead, StartRun
from explorer.errors import BadInput
from explorer.half_written import ENDING
from explorer.processes import Process
from explorer.recipe.training import TrainRecipe, arguments
from explorer.regular_file import read_whole
from explorer.training.control import ENDED, MOST_NOTED, STATUS_NAME, Wish, ask, read_status, replace_whole, write_status
from explorer.training.runs import ERRORS_NAME, Launch, Run, going_on, new_folder, read_launch, write_launch
from explorer.widgets.look.language import tr

NOTE_NAME = "elsewhere.json"


class Note(msgspec.Struct, frozen=True):
    """What is noted, in a run's folder here, of a run on another machine.

    Attributes
    ----------
    engine : str
        The machine, as the window calls it.
    name : str
        Of the run's folder there.
    """

    engine: str
    name: str


def note_of(folder: Path) -> Note | None:
    """What is noted; None of a run of this machine, or where it cannot be read."""
    try:
        return msgspec.json.decode(read_whole(folder / NOTE_NAME, MOST_NOTED), type=Note)
    except (OSError, ValueError, BadInput, RecursionError):
        return None


class _Fetched:
    """How much of a run is here."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.known: dict[str, FileState] = {}
        self.begun: FileState | None = None
        self.offset = 0
        self.is_asked = self.is_over = self.is_starting = False

    def question(self) -> ReadRun:
        self.is_asked = True
        return ReadRun(self.note.name, tuple(self.known.values()), self.begun, self.offset)


class RunsElsewhere(QObject):
    """Of the engine's machine.

    Parameters
    ----------
    engine : str
        Its name; empty where the engine is on this machine, and so are all runs that are started.
    """

    def __init__(self, client: Client, engine: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self.engine = client, engine
        self._fetched: dict[Path, _Fetched] = {}

    def has(self, run: Run) -> bool:
        """Whether a run is on another machine (BadInput if that is not the one that the engine is on)."""
        note = note_of(run.folder)
        if note is None:
            return False
        if note.engine != self.engine:
            raise BadInput(
                tr("{folder}: this run is on {engine}: open the window with --engine there", folder=run.folder, engine=note.engine)
            )
        return True

    def start(self, recipe: TrainRecipe) -> Path:
        """Start a run there; its folder here (BadInput if that cannot be made)."""
        folder = new_folder(recipe)
        command = arguments(recipe, str(folder))
        note = Note(self.engine, f"{folder.name}-{uuid.uuid4().hex[:8]}")
        try:
            replace_whole(folder / NOTE_NAME, msgspec.json.encode(note))
            self._begin(folder, note, command, Launch(tuple(command), 0, 0.0, recipe))
        except OSError as error:
            raise BadInput(tr("{folder}: cannot be written: {strerror}", folder=folder, strerror=error.strerror)) from None
        return folder

    def ask(self, run: Run, wish: Wish) -> None:
        """Ask a run to pause, to stop, or ("") to go on; one that has ended begins again where it was."""
        note = note_of(run.folder)
        if note is None:
            return
        if wish or run.live:
            with contextlib.suppress(OSError):
                ask(run.folder, wish)  # so that it is seen at once what it is asked for
            self._client.send(AskRun(note.name, wish), "training.elsewhere", queued=True)
            return
        command = going_on(run)
        launch = read_launch(run.folder) or Launch(tuple(command), 0, 0.0)
        self._begin(run.folder, note, [*command, "--resume"], launch)

    def follow(self, runs: Iterable[Run]) -> None:
        """Fetch what is new of those that are there."""
        if not self.engine:
            return
        for run in runs:
            if run.folder not in self._fetched and (note := note_of(run.folder)) is not None and note.engine == self.engine:
                self._fetched[run.folder] = _Fetched(note)
        for folder, fetched in self._fetched.items():
            if not fetched.is_asked and not fetched.is_over and not fetched.is_starting:
                self._read(folder, fetched)

    def _begin(self, folder: Path, note: Note, command: list[str], launch: Launch) -> None:
        now = msgspec.structs.replace(launch, pid=0, launched=time.time(), process=Process(self.engine, "", 0, 0.0))
        write_launch(folder, now)
        with contextlib.suppress(OSError):
            ask(folder, "")
        words = tuple(os.path.expanduser(word) if word.startswith("~") else word for word in command)  # there is another home
        files = tuple(word for word in words if os.path.isabs(word) and word != str(folder) and os.path.exists(word))
        fetched = self._fetched.setdefault(folder, _Fetched(note))
        # until its process is there, its folder says what became of the one before
        fetched.is_over, fetched.is_starting = False, True
        fetched.known.pop(STATUS_NAME, None)
        started, failed = partial(self._started, fetched), partial(self._not_started, folder, fetched)
        self._client.send(StartRun(note.name, words, files), "training.elsewhere", started, queued=True, on_failure=failed)

    def _started(self, fetched: _Fetched, started: Outcome) -> None:
        fetched.is_starting = False

    def _not_started(self, folder: Path, fetched: _Fetched, failed: Outcome) -> None:
        fetched.is_starting = False
        launch = read_launch(folder)
        if isinstance(failed, Failed) and launch is not None:
            with contextlib.suppress(OSError):
                replace_whole(folder / ERRORS_NAME, failed.message.encode())
                write_launch(folder, msgspec.structs.replace(launch, process=None))

    def _read(self, folder: Path, fetched: _Fetched) -> None:
        take, fail = partial(self._take, folder, fetched), partial(self._not_read, fetched)
        self._client.send(fetched.question(), f"training.{fetched.note.name}", take, queued=True, on_failure=fail)

    def _not_read(self, fetched: _Fetched, failed: Outcome) -> None:
        fetched.is_asked = False

    def _take(self, folder: Path, fetched: _Fetched, read: Outcome) -> None:
        fetched.is_asked = False
        if not isinstance(read, RunRead) or not folder.is_dir():
            return
        if read.state is None:
            self._all_is_here(folder, fetched, read)
            return
        try:
            self._store(folder, fetched, read.state, read)
        except OSError:
            self._give_up(folder, fetched)
            return
        self._read(folder, fetched)

    def _store(self, folder: Path, fetched: _Fetched, state: FileState, read: RunRead) -> None:
        """Keep a piece; a file appears whole, but one that grows (OSError)."""
        if os.path.basename(state.file) != state.file:
            raise OSError(0, "it lies in no folder of the run")
        if fetched.begun is not None and fetched.begun.file != state.file:
            self._give_up(folder, fetched)
        path = folder / state.file
        grows = path.suffix in (".csv", ".log")
        into = path if grows else path.with_name(path.name + ENDING)
        with open(into, "r+b" if read.offset and into.exists() else "wb") as file:
            file.seek(read.offset)
            file.write(read.content.data)
            file.truncate()
        end = read.offset + len(read.content)
        if end < state.size:
            fetched.begun, fetched.offset = state, end
            return
        os.utime(into, ns=(state.modified, state.modified))
        if not grows:
            os.replace(into, path)
        fetched.known[state.file], fetched.begun, fetched.offset = state, None, 0
        if state.file == STATUS_NAME and read.phase != "starting":
            self._has_begun(folder)

    def _give_up(self, folder: Path, fetched: _Fetched) -> None:
        """Leave nothing of a file that is no longer there."""
        if fetched.begun is not None:
            with contextlib.suppress(OSError):
                (folder / (fetched.begun.file + ENDING)).unlink()
        fetched.begun, fetched.offset = None, 0

    def _has_begun(self, folder: Path) -> None:
        """By the clock of its machine, which may be slow: what it says now is no older than that it was asked to begin."""
        launch, status = read_launch(folder), read_status(folder)
        if launch is not None and status is not None and status.updated < launch.launched:
            write_launch(folder, msgspec.structs.replace(launch, launched=status.started))

    def _all_is_here(self, folder: Path, fetched: _Fetched, read: RunRead) -> None:
        self._give_up(folder, fetched)
        status = read_status(folder)
        if read.phase in ENDED and status is not None:
            fetched.is_over = True
            if status.phase != read.phase:  # its process is gone, and could not say so
                with contextlib.suppress(OSError):
                    write_status(folder, msgspec.structs.replace(status, phase=read.phase, message=read.message))

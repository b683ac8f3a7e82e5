"""Training runs on the engine's machine, for a window on another: started, asked to pause or stop, and their files fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.training.control import Phase


@dataclass(frozen=True, slots=True)
class StartRun(Payload):
    """Begin a run, or go on with one. Answer: RunStarted.

    Attributes
    ----------
    name : str
        Of its folder there.
    command : tuple of str
        Arguments of `generative-explorer`; after --out stands whatever the window calls its folder.
    files : tuple of str
        Words of the command that are files.
    """

    answered_by = "explorer.engine.training.runs:start_run"

    name: str
    command: tuple[str, ...]
    files: tuple[ReadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted(Outcome):
    """Its process is there."""

    name: str


@dataclass(frozen=True, slots=True)
class AskRun(Payload):
    """Ask a run to pause, to stop, or ("") to go on. Answer: Done."""

    answered_by = "explorer.engine.training.runs:ask_run"

    name: str
    wish: Literal["", "pause", "stop"]


@dataclass(frozen=True, slots=True)
class FileState:
    """A file of a run as it is, or as far as it was fetched."""

    file: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class ReadRun(Payload):
    """What is new in a run's folder. Answer: RunRead.

    Attributes
    ----------
    name : str
    known : tuple of FileState
        Files that are here whole.
    begun : FileState or None
        One of which a part is here, `offset` bytes of it.
    """

    answered_by = "explorer.engine.training.runs:read_run"
    background = True

    name: str
    known: tuple[FileState, ...] = ()
    begun: FileState | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class RunRead(Outcome):
    """A piece of a file of a run.

    Attributes
    ----------
    phase : str
        What has become of the run; "" where there is none of that name.
    message : str
        Why it failed.
    state : FileState or None
        Of the file that the piece is of; None where nothing is new.
    offset : int
        Where the piece begins.
    content : ndarray, shape (bytes,), uint8
    """

    bulk = True

    name: str
    phase: Phase | Literal[""]
    message: str
    state: FileState | None
    offset: int
    content: np.ndarray

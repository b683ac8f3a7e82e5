"""Checkpoints known on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.checkpoints.card import Card
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.told import Told


@dataclass(frozen=True, slots=True)
class ScanLibrary(Payload):
    """The shipped checkpoints, then those at `paths`. Answer: LibraryScanned (bad files as entries with a problem).

    Attributes
    ----------
    paths : tuple of str
    runs : tuple of str
        Checkpoints whose runs shall be known whole: every snapshot of them.
    """

    answered_by = "explorer.engine.models.answers:scan_library"
    answered_early = "explorer.engine.models.scanning:scan_early"
    background = True

    paths: tuple[ReadFile, ...] = ()
    runs: tuple[ReadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class MakeThumbnail(Payload):
    """A small picture of what a checkpoint makes, cached by its hash. Answer: ThumbnailMade."""

    answered_by = "explorer.engine.models.answers:make_thumbnail"
    background = True

    path: ReadFile


@dataclass(frozen=True, slots=True)
class OpenCheckpoint(Payload):
    """Load a checkpoint (validated whole). Answer: CheckpointOpened, after Opening; or CheckpointAsks, and nothing is opened.

    Attributes
    ----------
    path : str
    told : Told or None
        What its file does not say, which is remembered once it opens; None is what was told of it before.
    again : bool
        Ask it even if it was told before.
    """

    answered_by = "explorer.engine.models.answers:open_checkpoint"
    background = True  # a large file takes long, and what is shown goes on meanwhile

    path: ReadFile
    told: Told | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Opening(Outcome):
    """How far opening is.

    Attributes
    ----------
    path : str
    doing : "sending", "reading", "checking" or "asking"
        The file's bytes, to an engine elsewhere; the same there; its weights against its network; the network for its first step.
    done, total : int
        Bytes that are sent, or read; 0 where that is not what takes long.
    """

    progress = True

    path: str
    doing: Literal["sending", "reading", "checking", "asking"]
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a checkpoint does not say.

    Attributes
    ----------
    field : str
        Of `Told`.
    why : str
        Why it must be asked, in a few words; may be empty.
    """

    field: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CheckpointAsks(Outcome):
    """A checkpoint is sound as far as that can be seen, and opens once these are answered.

    Attributes
    ----------
    path : str
    format : str
        What it is, after "is": "a diffusers folder, written by version 0.42.1".
    questions : tuple of Asked
    answers : Told
        What the answers begin with: what was told before, else what is usual. Fields without are those that nobody can assume.
    usual : Told
        What most files of the kind mean.
    card : Card or None
        What it says itself, under these answers; None where that cannot be known without one that is missing.
    parameters, size : int
        Numbers in its network, 0 where that is not known; bytes.
    known : bool
        It was told all this before.
    """

    path: str
    format: str
    questions: tuple[Asked, ...]
    answers: Told
    usual: Told
    card: Card | None
    parameters: int
    size: int
    known: bool


@dataclass(frozen=True, slots=True)
class AllowPython(Payload):
    """The person agreed to run this Python file as it is: what opens it may. Answer: PythonAllowed.

    Attributes
    ----------
    path : str
    sha256 : str
        Of what is in it: once it is another, it is not run.
    """

    answered_by = "explorer.engine.models.answers:allow_python"

    path: ReadFile
    sha256: str


@dataclass(frozen=True, slots=True)
class PythonAllowed(Outcome):
    """It is run when it is opened."""

    path: str


@dataclass(frozen=True, slots=True)
class ReadSchedule(Payload):
    """The betas in a file: a list of them, or a checkpoint, whose schedule they are. Answer: ScheduleRead."""

    answered_by = "explorer.engine.models.answers:read_schedule"

    path: ReadFile


@dataclass(frozen=True, slots=True)
class ScheduleRead(Outcome):
    """beta_1 .. beta_T, each in (0, 1)."""

    path: str
    betas: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One checkpoint known on this machine.

    Attributes
    ----------
    path : str
    name : str
        File name without its ending.
    shipped : bool
    size : int
        Bytes.
    sha256 : str
        Empty where the file cannot be read.
    card : Card or None
    problem : str
        Why it cannot be opened; empty if it can.
    parameters : int
        Numbers in its network; 0 where it is not known.
    of : str
        Path of the checkpoint under which it is listed, as an earlier moment of the same run; empty if it is listed itself.
    """

    path: str
    name: str
    shipped: bool
    size: int
    sha256: str
    card: Card | None
    problem: str = ""
    parameters: int = 0
    of: str = ""

    @property
    def told(self) -> Told | None:
        """What was told of it; None where nothing was."""
        return self.card.told if self.card is not None else None

    @property
    def images(self) -> int:
        """Images that it has seen; 0 where that is not known."""
        return self.card.training.images_seen if self.card is not None and self.card.training is not None else 0


@dataclass(frozen=True, slots=True)
class LibraryScanned(Outcome):
    """Shipped checkpoints first, in name order, each with its snapshots after it, then the others."""

    entries: tuple[LibraryEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ThumbnailMade(Outcome):
    """A picture (H, W, 3) uint8 of what the checkpoint makes."""

    path: str
    picture: np.ndarray


@dataclass(frozen=True, slots=True)
class CheckpointOpened(Outcome):
    """The checkpoint is valid and loaded."""

    entry: LibraryEntry
    parameters: int

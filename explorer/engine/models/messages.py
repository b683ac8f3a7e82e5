"""Checkpoints known on this machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.checkpoints.card import Card
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload


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
    """Load a checkpoint (validated whole). Answer: CheckpointOpened."""

    answered_by = "explorer.engine.models.answers:open_checkpoint"

    path: ReadFile


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

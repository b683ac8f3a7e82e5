"""The checkpoints known on this machine, as the window sees them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.checkpoints.snapshots import run_folder, stamp
from explorer.engine.models.messages import (
    CheckpointAsks,
    CheckpointOpened,
    LibraryEntry,
    LibraryScanned,
    MakeThumbnail,
    OpenCheckpoint,
    Opening,
    ScanLibrary,
    ThumbnailMade,
)
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe.told import Told

LOOK_MS = 1500
"""How often it is looked whether a run on show has written another snapshot: one stat of its folder."""


@dataclass(frozen=True, slots=True, eq=False)
class _ToOpen:
    request: OpenCheckpoint
    then: Callable[[LibraryEntry], object] | None
    on_failure: Callable[[Failed], object] | None


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """What must be asked before a file opens.

    Attributes
    ----------
    asks : CheckpointAsks
    answer : callable
        Opens it for what it was opened for, with `told` and `on_failure` as of `Library.open`.
    """

    asks: CheckpointAsks
    answer: Callable[..., None]


class Library(QObject):
    """Shipped and recent checkpoints, their snapshots, and their thumbnails.

    Signals
    -------
    changed()
        The entries are others.
    scanned()
        What is on this machine has been read (again).
    thumbnail_made(str)
        A path's thumbnail is there, or cannot be made.
    opened(object)
        A LibraryEntry that the person opened is valid and loaded.
    opening(object)
        How far the opening of a file is: an Opening; None when nothing is being opened.
    asked(object)
        A file was not opened since the person must be asked first: an Asking.

    Attributes
    ----------
    entries : tuple of LibraryEntry
        Those that are listed: of a run its last checkpoint.
    folded : tuple of LibraryEntry
        Earlier moments of the runs that they are of.
    """

    changed = Signal()
    scanned = Signal()
    thumbnail_made = Signal(str)
    opened = Signal(object)
    opening = Signal(object)
    asked = Signal(object)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asked: set[tuple[str, str]] = set()
        self._recent: tuple[str, ...] = ()
        self._of_runs: tuple[str, ...] = ()
        self._runs: dict[str, int] = {}
        self.entries: tuple[LibraryEntry, ...] = ()
        self.folded: tuple[LibraryEntry, ...] = ()
        self.thumbnails: dict[str, np.ndarray] = {}
        self.without_thumbnail: set[str] = set()
        self._opened: dict[str, LibraryEntry] = {}
        self._to_open: deque[_ToOpen] = deque()
        self._opening: _ToOpen | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def scan(self, recent: tuple[str, ...]) -> None:
        """Read what is there anew."""
        self._recent = recent
        self._client.send(ScanLibrary(tuple(dict.fromkeys((*recent, *self._of_runs))), tuple(self._runs)), "library.scan", self._take)

    def follow(self, paths: tuple[str, ...]) -> None:
        """Know every snapshot of the runs that these checkpoints are of, from now on, also those still to be written."""
        shipped = {entry.path for entry in self.known if entry.shipped}  # read at the start, and as they are for good
        followed = {run_folder(Path(path)) for path in self._runs}
        fresh = {}
        for path in paths:
            folder = None if path in shipped else run_folder(Path(path))
            if folder is not None and folder not in followed and (found := stamp(Path(path))):
                fresh[path] = found
                followed.add(folder)
        if fresh:
            self._runs |= fresh
            self._timer.start()
            self.scan(self._recent)

    def _look(self) -> None:
        now = {path: stamp(Path(path)) for path in self._runs}
        if now != self._runs:
            self._runs = now
            self.scan(self._recent)

    def watch(self, snapshots: tuple[str, ...]) -> None:
        """Know the snapshots of training runs, too: these, from now on."""
        if snapshots != self._of_runs:
            self._of_runs = snapshots
            self.scan(self._recent)

    def of_kind(self, *kinds: str) -> tuple[LibraryEntry, ...]:
        """Entries that can be opened and are of one of the kinds "ddpm", "vae", "ae"."""
        return tuple(e for e in self.entries if e.card is not None and e.card.kind in kinds)

    @property
    def known(self) -> tuple[LibraryEntry, ...]:
        """Every entry, the listed ones first."""
        return (*self.entries, *self.folded)

    def find(self, sha256: str) -> LibraryEntry | None:
        """Entry of a checkpoint's hash, a snapshot's too."""
        return next((e for e in self.known if e.sha256 == sha256), None)

    def named(self, name: str) -> LibraryEntry | None:
        """Entry of that file name without ending; of a snapshot with its run's before it."""
        return next((e for e in self.known if e.name == name), None)

    def listed(self, entry: LibraryEntry | None) -> LibraryEntry | None:
        """The entry under which one is listed: itself, or its run's last."""
        if entry is None or not entry.of:
            return entry
        return next((e for e in self.entries if e.path == entry.of), entry)

    def snapshots_of(self, entry: LibraryEntry | None) -> tuple[LibraryEntry, ...]:
        """Moments of the run that an entry is of, in the order of training; empty if there is but one."""
        last = self.listed(entry)
        if last is None:
            return ()
        found = {e.images: e for e in (*self.folded, last) if e.of == last.path or e is last}
        return tuple(found[images] for images in sorted(found)) if len(found) > 1 else ()

    def open(
        self,
        path: str,
        then: Callable[[LibraryEntry], object] | None = None,
        told: Told | None = None,
        again: bool = False,
        on_failure: Callable[[Failed], object] | None = None,
    ) -> None:
        """Load a file that the person chose; `opened` follows, or `asked`, or the client's `failed`.

        Parameters
        ----------
        path : str
        told : Told, optional
            What the person said of it, where the file does not.
        again : bool
            Ask what it does not say even if that was told before.
        on_failure : callable, optional
            Gets a Failed, in the place of the client's signal.
        then : callable, optional
            What the file is for: gets its entry after `opened`. It belongs to this opening alone, so that one that
            fails leaves nothing behind which a later opening of the same path would do.
        """
        self._to_open.append(_ToOpen(OpenCheckpoint(path, told, again), then, on_failure))
        self._open_next()

    def cancel_opening(self) -> None:
        """Open nothing of what is being opened, or waits for it; whatever is open stays."""
        self._client.cancel("library.open")
        self._to_open.clear()
        self._opening = None
        self.opening.emit(None)

    @property
    def waiting(self) -> int:
        """How many files wait until the one before them is open."""
        return len(self._to_open)

    def _open_next(self) -> None:
        """One after the other, so that they come in the order in which they were chosen."""
        if self._opening is None and self._to_open:
            one = self._opening = self._to_open.popleft()
            self.opening.emit(Opening(one.request.path, "reading"))
            take, fail = partial(self._take_opened, one), partial(self._not_opened, one)
            self._client.send(one.request, "library.open", take, queued=True, on_failure=fail)

    def _opening_ended(self) -> None:
        self._opening = None
        self.opening.emit(None)
        self._open_next()

    def _not_opened(self, one: _ToOpen, outcome: Outcome) -> None:
        self._opening_ended()
        if isinstance(outcome, Failed):
            (one.on_failure or self._client.failed.emit)(outcome)

    def want_thumbnail(self, entry: LibraryEntry) -> None:
        """Have an entry's thumbnail made, once; `thumbnail_made` follows."""
        wanted = (entry.path, entry.sha256)
        if entry.card is not None and wanted not in self._asked:
            self._asked.add(wanted)
            self.without_thumbnail.discard(entry.path)
            failed = partial(self._no_thumbnail, entry.path)
            self._client.send(MakeThumbnail(entry.path), "library.thumbnail", self._take, queued=True, on_failure=failed)

    def _no_thumbnail(self, path: str, outcome: Outcome) -> None:
        """No more than a missing picture: what is wrong with the file is told when it is opened."""
        self.without_thumbnail.add(path)
        self.thumbnail_made.emit(path)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, LibraryScanned):
            known = {entry.path for entry in outcome.entries}
            self._take_entries((*outcome.entries, *(entry for path, entry in self._opened.items() if path not in known)))
            self.changed.emit()
            self.scanned.emit()
        elif isinstance(outcome, ThumbnailMade):
            self.thumbnails[outcome.path] = outcome.picture
            self.thumbnail_made.emit(outcome.path)

    def _take_opened(self, one: _ToOpen, outcome: Outcome) -> None:
        if isinstance(outcome, Opening):
            self.opening.emit(outcome)
            return
        self._opening_ended()
        if isinstance(outcome, CheckpointAsks):
            self.asked.emit(Asking(outcome, partial(self.open, outcome.path, one.then)))
        elif isinstance(outcome, CheckpointOpened):
            self._add(outcome.entry, one.then)

    def _add(self, entry: LibraryEntry, then: Callable[[LibraryEntry], object] | None) -> None:
        if not any(known.path == entry.path and known.shipped for known in self.known):
            self._opened[entry.path] = entry
            self._take_entries((*(known for known in self.known if known.path != entry.path), entry))
            self.changed.emit()
        self.opened.emit(entry)
        if then is not None:
            then(entry)

    def _take_entries(self, entries: tuple[LibraryEntry, ...]) -> None:
        """List a run's last checkpoint, and fold the others under it; one whose run's last is not known is listed itself."""
        ends = {entry.path for entry in entries if not entry.of}
        self.folded = tuple(entry for entry in entries if entry.of in ends)
        self.entries = tuple(entry for entry in entries if entry.of not in ends)

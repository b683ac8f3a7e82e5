"""The checkpoints known on this machine, as the window sees them."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.engine.client import Client
from explorer.engine.messages import (
    CheckpointOpened,
    LibraryEntry,
    LibraryScanned,
    MakeThumbnail,
    OpenCheckpoint,
    Outcome,
    ScanLibrary,
    ThumbnailMade,
)


class Library(QObject):
    """Shipped and recent checkpoints, and their thumbnails.

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
    """

    changed = Signal()
    scanned = Signal()
    thumbnail_made = Signal(str)
    opened = Signal(object)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asked: set[tuple[str, str]] = set()
        self._recent: tuple[str, ...] = ()
        self._of_runs: tuple[str, ...] = ()
        self.entries: tuple[LibraryEntry, ...] = ()
        self.thumbnails: dict[str, np.ndarray] = {}
        self.without_thumbnail: set[str] = set()
        self._opened: dict[str, LibraryEntry] = {}

    def scan(self, recent: tuple[str, ...]) -> None:
        """Read what is there anew."""
        self._recent = recent
        self._client.send(ScanLibrary(tuple(dict.fromkeys((*recent, *self._of_runs)))), "library.scan", self._take)

    def watch(self, snapshots: tuple[str, ...]) -> None:
        """Know the snapshots of training runs, too: these, from now on."""
        if snapshots != self._of_runs:
            self._of_runs = snapshots
            self.scan(self._recent)

    def of_kind(self, *kinds: str) -> tuple[LibraryEntry, ...]:
        """Entries that can be opened and are of one of the kinds "ddpm", "vae", "ae"."""
        return tuple(e for e in self.entries if e.card is not None and e.card.kind in kinds)

    def find(self, sha256: str) -> LibraryEntry | None:
        """Entry of a checkpoint's hash."""
        return next((e for e in self.entries if e.sha256 == sha256), None)

    def named(self, name: str) -> LibraryEntry | None:
        """Entry of that file name without ending."""
        return next((e for e in self.entries if e.name == name), None)

    def open(self, path: str) -> None:
        """Load a file that the person chose; `opened` follows, or the client's `failed`."""
        self._client.send(OpenCheckpoint(path), "library.open", self._take, queued=True)

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
            self.entries = (*outcome.entries, *(entry for path, entry in self._opened.items() if path not in known))
            self.changed.emit()
            self.scanned.emit()
        elif isinstance(outcome, ThumbnailMade):
            self.thumbnails[outcome.path] = outcome.picture
            self.thumbnail_made.emit(outcome.path)
        elif isinstance(outcome, CheckpointOpened):
            others = tuple(e for e in self.entries if e.path != outcome.entry.path)
            shipped = [e for e in self.entries if e.path == outcome.entry.path and e.shipped]
            if not shipped:
                self._opened[outcome.entry.path] = outcome.entry
                self.entries = (*others, outcome.entry)
                self.changed.emit()
            self.opened.emit(outcome.entry)

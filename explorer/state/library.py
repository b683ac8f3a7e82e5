"""The checkpoints known on this machine, as the window sees them."""

from __future__ import annotations

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
    thumbnail_made(str)
        A path's thumbnail is there.
    opened(object)
        A LibraryEntry that the person opened is valid and loaded.
    """

    changed = Signal()
    thumbnail_made = Signal(str)
    opened = Signal(object)

    def __init__(self, client: Client, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asked: set[str] = set()
        self.entries: tuple[LibraryEntry, ...] = ()
        self.thumbnails: dict[str, np.ndarray] = {}

    def scan(self, recent: tuple[str, ...]) -> None:
        """Read what is there anew."""
        self._client.send(ScanLibrary(recent), "library.scan", self._take)

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
        if entry.card is not None and entry.path not in self._asked:
            self._asked.add(entry.path)
            self._client.send(MakeThumbnail(entry.path), "library.thumbnail", self._take, queued=True)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, LibraryScanned):
            self.entries = outcome.entries
            self.changed.emit()
        elif isinstance(outcome, ThumbnailMade):
            self.thumbnails[outcome.path] = outcome.picture
            self.thumbnail_made.emit(outcome.path)
        elif isinstance(outcome, CheckpointOpened):
            others = tuple(e for e in self.entries if e.path != outcome.entry.path)
            shipped = [e for e in self.entries if e.path == outcome.entry.path and e.shipped]
            if not shipped:
                self.entries = (*others, outcome.entry)
                self.changed.emit()
            self.opened.emit(outcome.entry)

"""The session that is kept by itself: which file is this window's, and when it is written."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from explorer.errors import BadInput
from explorer.state.persistence import Loaded, Saved, load, write
from explorer.state.session import RECENT_LIMIT, Session, with_settings_of

SETTLED_MS, LATEST_MS = 800, 4000
"""After the last change, and after the first that is not written yet."""
MOST_WINDOWS = 64


class OwnFile:
    """The first session file of this person that no other window has: session.json, session-2.json, and so on.

    Parameters
    ----------
    first : Path
        Where a window that is alone keeps its session.

    Attributes
    ----------
    path : Path
    """

    def __init__(self, first: Path) -> None:
        self.path = self._first = first
        self._lock: QLockFile | None = None
        for path in _every(first):
            lock = QLockFile(str(path.with_name(f"{path.name}.lock")))
            lock.setStaleLockTime(0)  # a window may be open for weeks; the file of one whose process is gone is free at once
            with contextlib.suppress(OSError):  # of which saving tells, too
                path.parent.mkdir(parents=True, exist_ok=True)
            if lock.tryLock(0):
                self.path, self._lock = path, lock
                return
            if lock.error() != QLockFile.LockError.LockFailedError:
                return  # a folder that cannot be written: saving tells of it

    def load(self) -> Loaded:
        """Its session, with what the other windows opened behind what this one did; a new one begins as the first window was."""
        found = load(self.path)
        kept = [load(path).saved for path in _every(self._first) if path != self.path and path.is_file()]
        others = [saved.session for saved in kept]
        session = _untitled(kept[0]) if found.fresh and not found.message and kept else found.saved.session
        recent, documents = (
            tuple(dict.fromkeys(path for each in (session, *others) for path in getattr(each, name)))[:RECENT_LIMIT]
            for name in ("recent", "documents")
        )
        session = msgspec.structs.replace(session, recent=recent, documents=documents)
        return Loaded(msgspec.structs.replace(found.saved, session=session), found.fresh and not others, found.message)

    def let_go(self) -> None:
        """Another window may have it."""
        if self._lock is not None:
            self._lock.unlock()


def _untitled(saved: Saved) -> Session:
    """What a window has open that is no document: that is one window's."""
    return saved.session if not saved.document_path else with_settings_of(saved.untitled or Session(), saved.session)


def _every(first: Path) -> list[Path]:
    return [first, *(first.with_name(f"{first.stem}-{number}{first.suffix}") for number in range(2, MOST_WINDOWS + 1))]


class Autosave(QObject):
    """Writes the session a moment after a change, and no later than `LATEST_MS` after it, however long changes go on.

    Writing waits for the disk, so it is done beside the window.

    Parameters
    ----------
    file : Path
    take : callable
        What is to be kept, as it is now.

    Signals
    -------
    failed(str)
        It cannot be written, and why.
    """

    failed = Signal(str)
    _written = Signal(str)

    def __init__(self, file: Path, take: Callable[[], Saved], parent: QObject) -> None:
        super().__init__(parent)
        self._file, self._take = file, take
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._latest = QTimer(self, singleShot=True, interval=LATEST_MS)
        self._settled.timeout.connect(self._begin)
        self._latest.timeout.connect(self._begin)
        self._written.connect(self._end)
        self._writer: threading.Thread | None = None
        self._again = False

    def changed(self) -> None:
        """There is something to be kept."""
        self._settled.start()
        if not self._latest.isActive():
            self._latest.start()

    def save(self) -> None:
        """Keep it now, and return when it is on the disk."""
        self._stop()
        if self._writer is not None:
            self._writer.join()
            self._writer = None
        if said := _refusal(self._file, self._take()):
            self.failed.emit(said)

    def _stop(self) -> None:
        self._settled.stop()
        self._latest.stop()
        self._again = False

    def _begin(self) -> None:
        self._stop()
        if self._writer is not None:
            self._again = True
            return
        saved = self._take()
        self._writer = threading.Thread(target=lambda: self._written.emit(_refusal(self._file, saved)), name="autosave")
        self._writer.start()

    def _end(self, refusal: str) -> None:
        if self._writer is None:
            return  # it was waited for
        self._writer.join()
        self._writer = None
        if refusal:
            self.failed.emit(refusal)
        if self._again:
            self._begin()


def _refusal(file: Path, saved: Saved) -> str:
    """Write it; why that cannot be, or nothing."""
    try:
        write(file, saved)
    except BadInput as error:
        return str(error)
    return ""

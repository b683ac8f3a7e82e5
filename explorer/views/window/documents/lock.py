"""Which documents are open in windows of this machine: a second window on the same one is told."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QLockFile

from explorer.paths import state_folder


class DocumentLock:
    """One window's: of the document that it has open, or of none."""

    def __init__(self) -> None:
        self._lock: QLockFile | None = None

    def take(self, path: Path) -> bool:
        """Have it for this document, in the place of any other; False if another window has that open."""
        self.let_go()
        name = hashlib.sha256(os.path.realpath(path).encode(errors="surrogateescape")).hexdigest()[:24]
        folder = state_folder() / "open-documents"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return True  # a home that cannot be written knows of no other window
        lock = QLockFile(str(folder / f"{name}.lock"))
        lock.setStaleLockTime(0)  # a window may be open for weeks; the lock of one whose process is gone is free at once
        if lock.tryLock(0):
            self._lock = lock
            return True
        return lock.error() != QLockFile.LockError.LockFailedError

    def let_go(self) -> None:
        """Another window may have it."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

"""Open a checkpoint for a lane: the file dialog, and what the library says of the file."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import CHECKPOINT_FILES
from explorer.engine.messages import LibraryEntry
from explorer.state.library import Library


class FileOpener(QObject):
    """Asks for a file and hands its entry on, with the lane that it is for.

    Parameters
    ----------
    opened : callable
        Gets the entry and the index of the lane; None is a new one.
    """

    def __init__(self, library: Library, opened: Callable[[LibraryEntry, int | None], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._opened, self._parent = library, opened, parent
        self._wanted: dict[str, int | None] = {}
        library.opened.connect(self._file_opened)

    def ask(self, lane: int | None) -> None:
        """Let the person choose a file."""
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open a checkpoint", "", CHECKPOINT_FILES)
        if path:
            self.open(path, lane)

    def open(self, path: str, lane: int | None) -> None:
        """Open a file for a lane."""
        absolute = os.path.abspath(path)
        self._wanted[absolute] = lane
        self._library.open(absolute)

    def _file_opened(self, entry: LibraryEntry) -> None:
        path = os.path.abspath(entry.path)
        if path in self._wanted:
            self._opened(entry, self._wanted.pop(path))

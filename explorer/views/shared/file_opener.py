"""Open a checkpoint for a lane: the file dialog, and what the library says of the file."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.endings import CHECKPOINT_FILES
from explorer.engine.models.messages import LibraryEntry
from explorer.state.library import Library


class FileOpener:
    """Asks for a file and hands its entry on, with the lane that it is for.

    Parameters
    ----------
    opened : callable
        Gets the entry and the index of the lane; None is a new one.
    """

    def __init__(self, library: Library, opened: Callable[[LibraryEntry, int | None], None], parent: QWidget) -> None:
        self._library, self._opened, self._parent = library, opened, parent

    def ask(self, lane: int | None) -> None:
        """Let the person choose a file."""
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open a checkpoint", "", CHECKPOINT_FILES)
        if path:
            self.open(path, lane)

    def open(self, path: str, lane: int | None) -> None:
        """Open a file for a lane."""
        self._library.open(os.path.abspath(path), lambda entry: self._opened(entry, lane))

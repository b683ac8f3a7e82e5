"""Open a checkpoint for a lane: the file dialog, and what the library says of the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer import sources
from explorer.endings import filters
from explorer.engine.models.messages import LibraryEntry
from explorer.state.library import Library


def checkpoint_filter() -> str:
    """What a dialog for checkpoints shows: names that they usually have; then everything, since a file is known by what is in it."""
    return filters([("Checkpoints", sources.patterns())])


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
        path, _ = QFileDialog.getOpenFileName(self._parent, "Open a checkpoint", "", checkpoint_filter())
        if path:
            self.open(path, lane)

    def open(self, path: str, lane: int | None) -> None:
        """Open a file for a lane."""
        self._library.open(str(sources.home(Path(os.path.abspath(path)))), lambda entry: self._opened(entry, lane))

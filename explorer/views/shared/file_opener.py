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
from explorer.widgets.look.language import tr


def checkpoint_filter() -> str:
    """What a dialog for checkpoints shows: names that they usually have; then everything, since a file is known by what is in it."""
    return filters([(tr("Checkpoints"), sources.patterns())])


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
        path, _ = QFileDialog.getOpenFileName(self._parent, tr("Open a checkpoint"), "", checkpoint_filter())
        if path:
            self.open(path, lane)

    def ask_for_folder(self, lane: int | None) -> None:
        """Let the person choose a model that is a folder."""
        path = QFileDialog.getExistingDirectory(self._parent, tr("Open a model that is a folder"))
        if path:
            self.open(path, lane)

    def ask_again(self, path: str, lane: int | None) -> None:
        """Have the person see, and change, what was told of a lane's checkpoint; changed it is another, which becomes the lane."""
        self._library.open(str(sources.home(Path(os.path.abspath(path)))), lambda entry: self._opened(entry, lane), again=True)

    def open(self, path: str, lane: int | None) -> None:
        """Open a file, a folder or a link for a lane."""
        self._library.open(str(sources.home(Path(os.path.abspath(path)))), lambda entry: self._opened(entry, lane))

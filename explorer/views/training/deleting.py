"""Deleting runs: the trash, and what is never deleted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QFile

from explorer.errors import BadInput
from explorer.training.runs import Run, look, runs_folder
from explorer.widgets.look.language import tr

How = Literal["", "trash", "for good", "off the list"]


def own(run: Run) -> bool:
    """Whether a run is in the app's folder of runs; another's folder may hold other things, and is never deleted."""
    return run.folder.parent == runs_folder()


def delete(run: Run, how: How) -> None:
    """Delete a run's folder, if it is the app's own and the run has ended.

    Raises
    ------
    BadInput
        If the run is at work, or its folder cannot be deleted.
    """
    now = look(run.folder)
    if now is not None and now.live:
        raise BadInput(tr("{folder}: the run is at work; stop it (Shift+S), then delete it", folder=run.folder))
    if how in ("", "off the list") or not own(run):
        return
    if how == "trash":
        if not QFile.moveToTrash(str(run.folder)):
            raise BadInput(tr("{folder}: there is no trash that takes it; delete it for good, or keep it", folder=run.folder))
        return
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise BadInput(tr("{folder}: cannot be deleted: {strerror}", folder=run.folder, strerror=error.strerror or error)) from None


def size_of(folder: Path) -> int:
    """Bytes in a run's folder."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    except OSError:
        return 0

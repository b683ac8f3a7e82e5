"""Deleting runs: the question, the trash, and what is never deleted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QFile
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.errors import BadInput
from explorer.training.runs import Run, look, runs_folder
from explorer.views.training.figures import title

How = Literal["", "trash", "for good", "off the list"]
MEGABYTE = 2**20


def own(run: Run) -> bool:
    """Whether a run is in the app's folder of runs; another's folder may hold other things, and is never deleted."""
    return run.folder.parent == runs_folder()


def ask_to_delete(runs: Sequence[Run], parent: QWidget) -> How:
    """Ask what becomes of runs that have ended; empty if nothing."""
    mine = [run for run in runs if own(run)]
    what = f"{title(runs[0])} ({runs[0].folder.name})" if len(runs) == 1 else f"{len(runs)} runs"
    box = QMessageBox(QMessageBox.Icon.Question, "Delete run", f"Delete {what}?" if mine else f"Take {what} off the list?", parent=parent)
    answers: dict[object, How] = {}
    if mine:
        box.setInformativeText(_what_goes(runs, mine))
        first = box.addButton("Move to trash", QMessageBox.ButtonRole.AcceptRole)
        answers = {first: "trash", box.addButton("Delete for good", QMessageBox.ButtonRole.DestructiveRole): "for good"}
    else:
        box.setInformativeText("Its folder is not the app's own: the files stay where they are. Open run (O) shows it again.")
        first = box.addButton("Take off the list", QMessageBox.ButtonRole.AcceptRole)
        answers = {first: "off the list"}
    box.setEscapeButton(box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole))
    box.setDefaultButton(first)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return answers.get(clicked, "")


def _what_goes(runs: Sequence[Run], mine: Sequence[Run]) -> str:
    size = max(1, round(sum(size_of(run.folder) for run in mine) / MEGABYTE))
    said = (
        f"{'Its' if len(mine) == 1 else 'Their'} checkpoints, curves and state ({size} MB) go to the trash, from where they can be "
        "taken back, or are deleted for good. Lanes and planes that use the checkpoints will not find them."
    )
    if len(mine) == len(runs):
        return said
    return f"{said} Runs in folders of your own only leave the list."


def delete(run: Run, how: How) -> None:
    """Delete a run's folder, if it is the app's own and the run has ended.

    Raises
    ------
    BadInput
        If the run is at work, or its folder cannot be deleted.
    """
    now = look(run.folder)
    if now is not None and now.live:
        raise BadInput(f"{run.folder}: the run is at work; stop it (Shift+S), then delete it")
    if how in ("", "off the list") or not own(run):
        return
    if how == "trash":
        if not QFile.moveToTrash(str(run.folder)):
            raise BadInput(f"{run.folder}: there is no trash that takes it; delete it for good, or keep it")
        return
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise BadInput(f"{run.folder}: cannot be deleted: {error.strerror or error}") from None


def size_of(folder: Path) -> int:
    """Bytes in a run's folder."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    except OSError:
        return 0

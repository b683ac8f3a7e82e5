"""What the person is asked: what becomes of runs when the window is closed, and of files when runs are deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.training.runs import Run
from explorer.views.training.deleting import How, own, size_of
from explorer.views.training.figures import title
from explorer.widgets.look.language import tr

MEGABYTE = 2**20
LOOK_MS = 500
OVER = -1
"""What the question ends with where nothing is left to ask: no button's number."""
Leaving = Literal["leave", "stop", "stay"]
LEFT_OR_STOPPED = tr("A run that is left is found again at the next start; one that is stopped keeps its state and can be resumed.")


def ask_before_leaving(at_work: Callable[[], Sequence[Run]], parent: QWidget) -> Leaving:
    """Ask what becomes of runs that are at work: they go on by themselves, are stopped, or the window stays.

    Nothing is asked where none is; and once the last of them has ended by itself, the question is over and the window is left.
    """
    live = at_work()
    if not live:
        return "leave"
    what = (
        tr("{title} ({name}) is", title=title(live[0]), name=live[0].folder.name)
        if len(live) == 1
        else tr("{count} runs are", count=len(live))
    )
    doing = tr("paused") if all(run.phase == "paused" for run in live) else tr("still being trained")
    box = QMessageBox(QMessageBox.Icon.Question, tr("Training goes on"), f"{what} {doing}.", parent=parent)
    box.setInformativeText(LEFT_OR_STOPPED)
    leave = box.addButton(tr("Leave running"), QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(leave)

    def look() -> None:
        if not at_work():
            box.done(OVER)

    looking = QTimer(box, interval=LOOK_MS)
    looking.timeout.connect(look)
    looking.start()
    ended = box.exec() == OVER
    answers: dict[object, Leaving] = {leave: "leave", stop: "stop"}
    clicked = box.clickedButton()
    box.deleteLater()
    return "leave" if ended else answers.get(clicked, "stay")


def ask_to_delete(runs: Sequence[Run], parent: QWidget) -> How:
    """Ask what becomes of runs that have ended; empty if nothing."""
    mine = [run for run in runs if own(run)]
    what = f"{title(runs[0])} ({runs[0].folder.name})" if len(runs) == 1 else tr("{count} runs", count=len(runs))
    box = QMessageBox(
        QMessageBox.Icon.Question,
        tr("Delete run"),
        tr("Delete {what}?", what=what) if mine else tr("Take {what} off the list?", what=what),
        parent=parent,
    )
    answers: dict[object, How] = {}
    if mine:
        box.setInformativeText(_what_goes(runs, mine))
        first = box.addButton(tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        answers = {first: "trash", box.addButton(tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole): "for good"}
    else:
        box.setInformativeText(tr("Its folder is not the app's own: the files stay where they are. Open run (O) shows it again."))
        first = box.addButton(tr("Take off the list"), QMessageBox.ButtonRole.AcceptRole)
        answers = {first: "off the list"}
    box.setEscapeButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
    box.setDefaultButton(first)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return answers.get(clicked, "")


def _what_goes(runs: Sequence[Run], mine: Sequence[Run]) -> str:
    size = max(1, round(sum(size_of(run.folder) for run in mine) / MEGABYTE))
    said = tr(
        "{value} checkpoints, curves and state ({size} MB) go to the trash, from where they can be "
        "taken back, or are deleted for good. Lanes and planes that use the checkpoints will not find them.",
        value=tr("Its") if len(mine) == 1 else tr("Their"),
        size=size,
    )
    if len(mine) == len(runs):
        return said
    return tr("{said} Runs in folders of your own only leave the list.", said=said)

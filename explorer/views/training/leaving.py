"""Closing the window while models are being trained: the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.training.runs import Run
from explorer.views.training.figures import title

Leaving = Literal["leave", "stop", "stay"]
LEFT_OR_STOPPED = "A run that is left is found again at the next start; one that is stopped keeps its state and can be resumed."


def ask_before_leaving(live: Sequence[Run], parent: QWidget) -> Leaving:
    """Ask what becomes of runs that are at work: they go on by themselves, are stopped, or the window stays."""
    what = f"{title(live[0])} ({live[0].folder.name}) is" if len(live) == 1 else f"{len(live)} runs are"
    doing = "paused" if all(run.phase == "paused" for run in live) else "still being trained"
    box = QMessageBox(QMessageBox.Icon.Question, "Training goes on", f"{what} {doing}.", parent=parent)
    box.setInformativeText(LEFT_OR_STOPPED)
    leave = box.addButton("Leave running", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(leave)
    box.exec()
    answers: dict[object, Leaving] = {leave: "leave", stop: "stop"}
    clicked = box.clickedButton()
    box.deleteLater()
    return answers.get(clicked, "stay")

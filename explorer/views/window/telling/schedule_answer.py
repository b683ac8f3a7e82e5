"""Which noise schedule a network was trained on: by name, the betas in a file, or those of a lane that is open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton

from explorer.endings import filters
from explorer.engine.models.messages import ReadSchedule, ScheduleRead
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Lane
from explorer.recipe.told import Told
from explorer.views.shared.questions import Questions, When
from explorer.views.window.telling.fields import Answer
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import give_menu, mark

BETAS = "betas"


class ScheduleAnswer(Answer):
    """linear, cosine, or betas from elsewhere.

    Parameters
    ----------
    lanes : mapping of str to Lane
        Those that are open, by what they are called.
    """

    def __init__(self, client: Client, lanes: Mapping[str, Lane]) -> None:
        super().__init__("schedule")
        self._questions = Questions(client, "library.betas", self)
        self._betas: tuple[float, ...] = ()
        names = [Segment(value, label, self.words.help) for value, label in self.words.choices]
        self.bar = SegmentBar(
            [*names, Segment(BETAS, tr("its own betas"), tr("Those of a file or a lane that were taken"))], self.words.title
        )
        self.other = QPushButton(tr("Betas from"))
        self.other.setAccessibleName(tr("Take the betas of a file or of an open lane"))
        self.other.setToolTip(tr("The betas in a .json or .npy file, in a checkpoint, or of a lane that is open"))
        self.menu = QMenu(self)
        give_menu(self.other, self.menu)
        self.menu.addAction(tr("A file…")).triggered.connect(lambda _checked=False: self._ask_for_file())
        for name, lane in lanes.items():
            action = self.menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=name, lane=lane: self.take_lane(name, lane))
        self.note = QLabel()
        mark(self.note, "muted")
        for widget in (self.bar, self.other, self.note):
            self.row.addWidget(widget)
        self.row.addStretch(1)
        self.bar.chosen.connect(self.changed)
        self.bar.button(BETAS).hide()
        self.note.hide()

    def said(self) -> dict[str, Any]:
        """A name, or betas."""
        if self.bar.current == BETAS:
            return {"betas": self._betas}
        return {"schedule": self.bar.current} if self.bar.current else {}

    def show_answer(self, told: Told) -> None:
        """Show it."""
        if told.betas is not None:
            self._show_betas(told.betas, f"T = {len(told.betas)}")
        elif told.schedule is not None:
            self.bar.set_current(told.schedule)

    def first(self) -> QPushButton:
        """The segment that is down, or the first."""
        return self.bar.button(self.bar.current or self.words.choices[0][0])

    def take_file(self, path: str) -> None:
        """Read the betas in a file; they follow."""
        self._read(path, os.path.basename(path))

    def take_lane(self, name: str, lane: Lane) -> None:
        """Take the betas that a lane walks, or read those of its network; they follow."""
        if lane.schedule is not None and lane.schedule.betas is not None:
            self._take_betas(name, lane.schedule.betas)
        elif lane.schedule is not None:
            self.show_answer(Told(schedule="cosine" if lane.schedule.name == "cosine" else "linear"))
            self.changed.emit()
        else:
            self._read(lane.source, name)

    def drop(self) -> None:
        """Ask nothing more."""
        self._questions.drop()

    def _ask_for_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Betas of the schedule"), "", filters([(tr("Lists of betas"), ("*.json", "*.npy"))]))
        if path:
            self.take_file(path)

    def _read(self, path: str, name: str) -> None:
        self._questions.ask("read", ReadSchedule(path), partial(self._take, name), When.AT_ONCE, on_failure=self._failed)

    def _take(self, name: str, outcome: Outcome) -> None:
        if isinstance(outcome, ScheduleRead):
            self._take_betas(name, outcome.betas)

    def _take_betas(self, name: str, betas: tuple[float, ...]) -> None:
        self._show_betas(betas, f"{name}, T = {len(betas)}")
        self.changed.emit()

    def _failed(self, failed: Failed) -> None:
        self.note.setText(failed.message)
        mark(self.note, "error")
        self.note.setWordWrap(True)
        self.note.show()

    def _show_betas(self, betas: tuple[float, ...], note: str) -> None:
        self._betas = betas
        self.bar.button(BETAS).show()
        self.bar.set_current(BETAS)
        self.note.setText(note)
        mark(self.note, "muted")
        self.note.show()

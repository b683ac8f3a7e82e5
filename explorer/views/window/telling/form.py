"""The form of what a checkpoint does not say: what it is, what it says itself, a field for each question, how plausible that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.engine.models.messages import CheckpointAsks
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import Failed
from explorer.recipe import Lane
from explorer.recipe.told import Told
from explorer.views.shared.rows import heading
from explorer.views.window.card_words import OPTION_WORDS, file_size
from explorer.views.window.telling.check_card import CheckCard
from explorer.views.window.telling.fields import RANGES, Answer, Choice, Number, Size
from explorer.views.window.telling.schedule_answer import ScheduleAnswer
from explorer.views.window.telling.words import why_words
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import inset_numbers, mark
from explorer.widgets.look.theme import GRID, Theme

NAMES_WIDTH = 172
WIDTH, MOST_HEIGHT = 680, 720
ADDED = 10 * GRID
"""Room for what a check has to add."""


class TellingForm(QDialog):
    """Asks, and stays until the checkpoint is open: what is refused is said in it.

    Parameters
    ----------
    lanes : mapping of str to Lane
        Those that are open, whose schedules can be taken.
    pictures : sequence of str
        Data sets of the person's, on which answers may be checked.

    Signals
    -------
    answered(object)
        A Told: open it so.
    """

    answered = Signal(object)

    def __init__(
        self, asks: CheckpointAsks, client: Client, theme: Theme, lanes: Mapping[str, Lane], pictures: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What the file does not say"))
        self._asks, self._theme = asks, theme
        self.fields: dict[str, Answer] = {asked.field: self._field(asked.field, client, lanes) for asked in asks.questions}
        self.check = CheckCard(client, theme, asks.path, pictures)
        self.problem = QLabel(wordWrap=True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setAccessibleName(tr("Why it does not open"))
        mark(self.problem, "error")
        self.problem.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton(tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        mark(self.go, "primary")
        self._lay_out()
        self.go.setDefault(True)  # only what lies in the dialog can be
        self.buttons.accepted.connect(self._open)
        self.buttons.rejected.connect(self.reject)
        self.check.use_wanted.connect(self.show_answers)
        for field in self.fields.values():
            field.changed.connect(self._changed)
            for segment in field.findChildren(SegmentBar):
                for button in segment.findChildren(QPushButton):
                    button.setAutoDefault(False)  # Return opens, Space and the arrows choose
        inset_numbers(self)
        self.show_answers(asks.answers)
        self._first().setFocus()

    @property
    def told(self) -> Told:
        """What the fields say."""
        said: dict[str, object] = {}
        for field in self.fields.values():
            said |= field.said()
        if said.get("betas") is not None and "timesteps" in said:
            said["timesteps"] = len(said["betas"])  # type: ignore[arg-type]
        return msgspec.convert(said, Told)

    def show_answers(self, told: Told) -> None:
        """Put answers into the fields."""
        for field in self.fields.values():
            field.show_answer(told)
        self._changed()

    @property
    def is_opening(self) -> bool:
        """Whether what was answered is under way, and the form still there."""
        return not self.go.isEnabled() and self.result() != QDialog.DialogCode.Accepted

    def show_opening(self) -> None:
        """It is being opened."""
        self.problem.hide()
        self.go.setText(tr("Opening…"))
        self.go.setEnabled(False)

    def show_problem(self, failed: Failed) -> None:
        """It did not open: say why, and let the person answer otherwise."""
        self.problem.setText(failed.message)
        self.problem.show()
        self.go.setText(tr("Open"))
        self.go.setEnabled(True)
        self.go.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens, wherever it is pressed: what takes it itself has taken it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go.click()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Ask nothing more."""
        self.check.drop()
        for field in self.fields.values():
            if isinstance(field, ScheduleAnswer):
                field.drop()
        super().done(result)

    # --- how it is made

    @staticmethod
    def _field(name: str, client: Client, lanes: Mapping[str, Lane]) -> Answer:
        if name == "schedule":
            return ScheduleAnswer(client, lanes)
        if name == "image_size":
            return Size(name)
        return Number(name) if name in RANGES else Choice(name)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(self._head())
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setLayout(self._questions())
        area.setWidget(page)
        column.addWidget(area, 1)
        column.addWidget(self.check)
        card = self._asks.card
        self.check.setVisible(card is None or card.kind == "ddpm")  # before it lies in the form, it would be a window
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        inside, room = WIDTH - 12 * GRID, self.screen().availableGeometry().height() - 80
        around = column.totalHeightForWidth(WIDTH) - area.sizeHint().height() + (0 if self.check.isHidden() else ADDED)
        self.resize(WIDTH, min(MOST_HEIGHT, room, around + page.layout().totalHeightForWidth(inside)))

    def _head(self) -> QVBoxLayout:
        asks = self._asks
        head = QVBoxLayout()
        head.setSpacing(GRID)
        title = QLabel(Path(asks.path).name, wordWrap=True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setToolTip(asks.path)
        mark(title, "title")
        size = [tr("{parameters} parameters", parameters=grouped(asks.parameters))] if asks.parameters else []
        what = QLabel(" · ".join([asks.format, *size, file_size(asks.size)]), wordWrap=True)
        mark(what, "muted")
        head.addWidget(title)
        head.addWidget(what)
        says = says_itself(asks)
        if says:
            said = QLabel(tr("It says itself: {says}.", says=says), wordWrap=True)
            mark(said, "muted")
            head.addWidget(said)
        return head

    def _questions(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(0, NAMES_WIDTH)
        grid.setColumnStretch(1, 1)
        for number, asked in enumerate(self._asks.questions):
            field = self.fields[asked.field]
            name = QLabel(field.words.title)
            name.setToolTip(field.words.help)
            name.setBuddy(field.first())
            why = QLabel(why_words(self._asks.usual, asked.field, asked.why), wordWrap=True)
            mark(why, "faint")
            grid.addWidget(name, 2 * number, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(field, 2 * number, 1)
            grid.addWidget(why, 2 * number + 1, 1)
            grid.setRowMinimumHeight(2 * number + 1, 6 * GRID)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 2 * GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(heading(tr("Please say")))
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _first(self) -> QWidget:
        """The first question without an answer; without one, what opens it."""
        missing = (self.fields[each.field] for each in self._asks.questions if getattr(self._asks.answers, each.field) is None)
        betas = self._asks.answers.betas is not None
        unanswered = next((field for field in missing if not (betas and field.field == "schedule")), None)
        return self.go if unanswered is None else unanswered.first()

    # --- what the person does

    def _changed(self) -> None:
        schedule, length = self.fields.get("schedule"), self.fields.get("timesteps")
        if schedule is not None and length is not None:
            length.setEnabled("betas" not in schedule.said())
        self.problem.hide()
        if not self.check.isHidden():
            self.check.check(self.told)

    def _open(self) -> None:
        self.show_opening()
        self.answered.emit(self.told)


def says_itself(asks: CheckpointAsks) -> str:
    """What the file says, in a few words: "images 1 × 28 × 28, predicts the noise ε"; empty where that is not known yet."""
    card, asked = asks.card, {question.field for question in asks.questions}
    if card is None:
        return ""
    channels, *sides = card.data.shape
    shape = "" if "image_size" in asked else tr(" of ") + " × ".join(map(str, sides))
    said = [tr("{value} images{shape}", value=tr("grey") if channels == 1 else tr("{channels}-channel", channels=channels), shape=shape)]
    if card.option is not None and "predicts" not in asked:
        said.append(tr("predicts {option_words}", option_words=OPTION_WORDS[card.option]))
    if card.schedule is not None and "schedule" not in asked:
        said.append(tr("{name} schedule, T = {t}", name=card.schedule.name, t=card.schedule.T))
    if card.classes is not None:
        said.append(tr("labels 0 to {labels}", labels=card.classes.labels - 1))
    return ", ".join(said)

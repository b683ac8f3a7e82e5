"""The list of runs: what each is, how far it is, and which are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from explorer.training.runs import Run
from explorer.views.training.figures import phase_words, progress_words, title
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

WIDTH = 236
EMPTY = tr("No runs yet. New run (N) trains a model; it goes on when the window is closed and is found here again.")


class RunCard(Card):
    """One run.

    Signals
    -------
    pressed(bool)
        The person chose it; true adds it to those that are shown.
    moved(int)
        An arrow key: the next one (1) or the one before (-1).
    """

    pressed = Signal(bool)
    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.folder = Path()
        self.title, self.phase, self.left = QLabel(), ElidingLabel(), QLabel()  # another machine's name may be long
        self.name = ElidingLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        for label in (self.phase, self.name, self.left):
            mark(label, "faint")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(GRID)
        for first, second in ((self.title, self.phase), (self.name, self.left)):
            row = QHBoxLayout()
            row.addWidget(first, 1)
            row.addWidget(second)
            column.addLayout(row)
            if first is self.title:
                column.addWidget(self.bar)
        self.setToolTip(tr("Click to look at this run; Ctrl+click shows it beside the others"))

    def show_run(self, run: Run, colour: str, chosen: bool) -> None:
        """Show a run; `colour` is empty where it is not shown in the plots."""
        self.folder = run.folder
        status = run.status
        self.title.setText(title(run))
        self.phase.setText(phase_words(run))
        self.phase.setToolTip(phase_words(run) if run.elsewhere else "")
        mark(self.phase, "error" if run.phase == "failed" else "faint")
        self.left.setText(progress_words(run))
        self.name.setText(run.folder.name)
        self.name.setToolTip(str(run.folder))
        self.bar.setRange(0, status.steps if status is not None and status.steps else 1)
        self.bar.setValue(status.step if status is not None else 0)
        self.set_edge(colour)
        self.set_chosen(chosen)
        self.setAccessibleName(f"{title(run)}, {run.folder.name}, {phase_words(run)}{', chosen' if chosen else ''}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses it; Up and Down go to the next."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class RunList(QScrollArea):
    """Cards under one another.

    Signals
    -------
    chosen(str, bool)
        Folder of the run that the person chose; true adds it to those that are shown, or takes it away.
    """

    chosen = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cards: list[RunCard] = []
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.empty = QLabel(EMPTY, wordWrap=True)
        mark(self.empty, "muted")
        self._column.addWidget(self.empty)
        self._column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Runs"))

    def show_runs(self, runs: Sequence[Run], colours: dict[Path, str]) -> None:
        """Show runs; those with a colour are the chosen ones."""
        while len(self.cards) < len(runs):
            card = RunCard(self._theme)
            card.pressed.connect(self._pressed)
            card.moved.connect(self._moved)
            self._column.insertWidget(len(self.cards), card)
            self.cards.append(card)
        for card in self.cards[len(runs) :]:
            card.hide()
        for card, run in zip(self.cards, runs, strict=False):
            card.show_run(run, colours.get(run.folder, ""), run.folder in colours)
            card.show()
        self.empty.setVisible(not runs)

    def sizeHint(self) -> QSize:
        """A few cards."""
        return QSize(WIDTH, 300)

    def _pressed(self, add: bool) -> None:
        card = self.sender()
        if isinstance(card, RunCard):
            card.setFocus()
            self.chosen.emit(str(card.folder), add)

    def _moved(self, by: int) -> None:
        card = self.sender()
        shown = [each for each in self.cards if not each.isHidden()]
        if isinstance(card, RunCard) and 0 <= shown.index(card) + by < len(shown):
            following = shown[shown.index(card) + by]
            following.setFocus()
            self.ensureWidgetVisible(following)
            self.chosen.emit(str(following.folder), False)

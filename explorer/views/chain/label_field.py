"""Which classes a lane is told: typed, or chosen from a menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QToolTip, QWidget

from explorer.errors import BadInput
from explorer.recipe import NO_CLASS
from explorer.recipe.labels import label_words, labels_of
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr

MOST_IN_MENU = 24
TIP = tr("What each sample shall be: 7, or 0..9, or 0,1,2 in turn, or “none” for no class; empty for each class in turn")
EXACT_TIP = tr("Only the images of this class, such as 7; empty for all of them")


@dataclass(frozen=True)
class Choices:
    """What can be chosen.

    Attributes
    ----------
    labels : tuple of int
        Of the classes, as far as they are known.
    called : callable
        Name of a label's class.
    has_none : bool
        There is a label for no class.
    one : bool
        Of a data set: one class, or all of them.
    """

    labels: tuple[int, ...] = ()
    called: Callable[[int], str] = str
    has_none: bool = False
    one: bool = False


class LabelField(QWidget):
    """A line and a menu.

    Signals
    -------
    committed(object)
        The person settled on other labels, a tuple; empty for each class in turn.
    each_wanted()
        As many samples as there are classes, one of each.
    released()
        Keys go back to the pictures.
    """

    committed = Signal(object)
    each_wanted = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taken: tuple[int, ...] = ()
        self._choices = Choices()
        self.line, self.button = _Line(self), QToolButton()
        self.line.setAccessibleName(tr("Label"))
        self.line.editingFinished.connect(self.take)
        self.button.setArrowType(Qt.ArrowType.DownArrow)
        self.button.setFixedSize(28, 26)
        self.button.setAccessibleName(tr("Classes"))
        self.button.setToolTip(tr("The classes that there are"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show_labels(self, labels: tuple[int, ...], choices: Choices) -> None:
        """Show labels; does not emit."""
        self._taken, self._choices = labels, choices
        self.line.setPlaceholderText(tr("all classes") if choices.one else tr("each class in turn"))
        self.line.setToolTip(EXACT_TIP if choices.one else TIP)
        self.button.setVisible(bool(choices.labels))
        self.line.setText(label_words(labels) if labels else "")
        self.line.setCursorPosition(0)

    def take(self) -> None:
        """Emit the labels if they are others; what is none is told, and goes back."""
        text = self.line.text().strip()
        try:
            labels = labels_of(text) if text else ()
            if self._choices.one and (len(labels) > 1 or NO_CLASS in labels):
                raise BadInput(tr("The exact process is of one class, or of all: write one label, or nothing"))
        except BadInput as error:
            QToolTip.showText(self.line.mapToGlobal(QPoint(0, self.line.height())), str(error), self.line)
            self.put_back()
            return
        if labels == self._taken:
            self.put_back()
        else:
            self._taken = labels
            self.committed.emit(labels)

    def put_back(self) -> None:
        """The labels that hold."""
        self.line.setText(label_words(self._taken) if self._taken else "")

    def _fill(self) -> None:
        choices, menu = self._choices, self.menu
        emptied(menu)
        self._add(tr("All classes") if choices.one else tr("Each class in turn"), ())
        if not choices.one:
            action = menu.addAction(tr("One sample of each class"))
            action.setToolTip(tr("{count} samples, each of another class", count=len(choices.labels)))
            action.triggered.connect(lambda _checked=False: self.each_wanted.emit())
        menu.addSeparator()
        for label in choices.labels[:MOST_IN_MENU]:
            name = choices.called(label)
            self._add(tr("Class {name}", name=name) if name == str(label) else f"{label}: {name}", (label,))
        if choices.has_none:
            self._add(tr("No class"), (NO_CLASS,))

    def _add(self, text: str, labels: tuple[int, ...]) -> None:
        action = self.menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(labels == self._taken)
        action.triggered.connect(partial(self._choose, labels))

    def _choose(self, labels: tuple[int, ...], _checked: bool = True) -> None:
        if labels != self._taken:
            self._taken = labels
            self.put_back()
            self.committed.emit(labels)
        self.released.emit()


class _Line(QLineEdit):
    def __init__(self, field: LabelField) -> None:
        super().__init__(field)
        self._field = field
        self.setMinimumWidth(60)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the labels, Esc takes them back."""
        if event.key() == Qt.Key.Key_Escape:
            self._field.put_back()
            self._field.released.emit()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._field.released.emit()

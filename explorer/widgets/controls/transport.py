"""The transport: buttons, the timeline, and where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.widgets.controls.labels import Labelled
from explorer.widgets.controls.step_field import StepField
from explorer.widgets.controls.timeline import Timeline
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.look.warning import set_warning

BUTTON = 28


class Transport(QWidget):
    """A row: one button for each action, then the timeline, then t.

    Parameters
    ----------
    actions : sequence of QAction
        In the order of their buttons; the one whose objectName is "play" is the primary.

    Attributes
    ----------
    timeline : Timeline
    typed : StepField
        Where the cursor is; a number can be typed there.
    """

    def __init__(self, theme: Theme, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.timeline = Timeline(theme)
        self.typed = StepField()
        wear(self.typed, 14, QFont.Weight.Medium)
        self._note = SteadyLabel()
        mark(self._note, "faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for action in actions:
            row.addWidget(self._button(action), 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(8)
        row.addWidget(self.timeline, 1, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(8)
        words = QVBoxLayout()
        words.setContentsMargins(0, 4, 0, 0)
        words.setSpacing(0)
        words.addWidget(self.typed)
        words.addWidget(self._note, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row.addLayout(words)
        self.typed.setFixedWidth(148)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(16, 16))
        Labelled(button, QSize(BUTTON, BUTTON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        button.setObjectName(f"{action.objectName()}Button")
        if action.objectName() == "play":
            mark(button, "primary")
        return button

    def set_range(self, T: int) -> None:
        """Largest timestep."""
        self.timeline.set_range(T)
        self.typed.set_range(T)

    def set_cursor(self, t: int, note: str = "", warning: bool = False) -> None:
        """Say where the cursor is, and what is shown instead if that is not computed."""
        self.timeline.set_cursor(t)
        self.typed.set_cursor(t)
        self._note.setText(note)
        set_warning(self._note, warning, self._theme)

    @property
    def text(self) -> str:
        """Where the cursor is, in words."""
        return self.typed.text()

    @property
    def note(self) -> str:
        """What is shown instead, in words."""
        return self._note.text()

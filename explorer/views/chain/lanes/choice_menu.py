"""A button that says what is chosen and opens the other choices: where a row of segments would take too much room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.style import give_menu


class ChoiceMenu(QPushButton):
    """One of several named things, used as a SegmentBar is.

    Parameters
    ----------
    segments : sequence of Segment
    accessible : str
        What is chosen, for screen readers and the tooltip.

    Signals
    -------
    chosen(str)
        The person chose the segment of that name.
    """

    chosen = Signal(str)

    def __init__(self, segments: Sequence[Segment], accessible: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accessible = accessible
        self._actions: dict[str, QAction] = {}
        menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._triggered)
        for segment in segments:
            action = QAction(segment.label, self)
            action.setCheckable(True)
            action.setToolTip(segment.tip)
            action.setData(segment.name)
            self._group.addAction(action)
            menu.addAction(action)
            self._actions[segment.name] = action
        give_menu(self, menu)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._show()

    def action(self, name: str) -> QAction:
        """Entry of a segment."""
        return self._actions[name]

    def set_label(self, name: str, label: str, tip: str = "") -> None:
        """Other words for a segment."""
        action = self._actions[name]
        action.setText(label)
        if tip:
            action.setToolTip(tip)
        self._show()

    def set_current(self, name: str) -> None:
        """Choose a segment; does not emit."""
        self._actions[name].setChecked(True)
        self._show()

    @property
    def current(self) -> str:
        """Name of the segment that is chosen; empty if none."""
        action = self._group.checkedAction()
        return "" if action is None else str(action.data())

    def _triggered(self, action: QAction) -> None:
        self._show()
        self.chosen.emit(str(action.data()))

    def _show(self) -> None:
        action = self._group.checkedAction()
        text = "" if action is None else action.text()
        self.setText(text)
        self.setAccessibleName(f"{self._accessible}: {text}")
        self.setToolTip(f"{self._accessible}: {text}. {'' if action is None else action.toolTip()}")

"""Buttons made from actions: each does what its action does, says the same of it, and is down and enabled as it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from explorer.widgets.controls.labels import Labelled
from explorer.widgets.controls.tips import TipBelow


class IconButton(TipBelow, QToolButton):
    """A small button with its action's icon, and with labels on its words beside or `under` it; square if its width is not said."""

    def __init__(
        self, action: QAction, size: int = 28, width: int | None = None, under: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._labelled = Labelled(self, QSize(width or size, size), under)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setIcon(self._action.icon())
        self.setText(self._action.iconText().rstrip("…"))
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())


class ActionButton(TipBelow, QPushButton):
    """A button with its action's words, or others."""

    def __init__(self, action: QAction, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action, self._text = action, text
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        action = self._action
        label = self._text or action.text().replace("&", "")
        self.setText(label)
        self.setToolTip(action.toolTip())
        self.setAccessibleName(label)
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())

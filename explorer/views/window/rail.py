"""The rail: one button a workspace, and the checkpoint library."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from explorer.views.workspace import Facts
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens, text_pixels

RAIL_WIDTH = 72
BUTTON, LINE = QSize(60, 52), 13
"""A button with one line of words, and each further line, at the ordinary size of text."""


class Rail(QWidget):
    """Icons with labels at the left edge; exactly one workspace is on.

    Signals
    -------
    chosen(str)
        The person has chosen a workspace, by name.
    library_wanted()
        The person wants the checkpoint library.
    """

    chosen = Signal(str)
    library_wanted = Signal()

    def __init__(self, workspaces: Sequence[Facts], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icons: list[tuple[QToolButton, str]] = []
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 2 * GRID, 6, 2 * GRID)
        column.setSpacing(GRID)
        for number, workspace in enumerate(workspaces, 1):
            button = self._button(
                workspace.title, workspace.icon_name, tr("{tooltip} (Ctrl+{number})", tooltip=workspace.tooltip, number=number)
            )
            button.setCheckable(True)
            button.setProperty("workspace", workspace.name)
            button.setObjectName(f"rail-{workspace.name}")
            button.clicked.connect(self._clicked)
            group.addButton(button)
            self._buttons[workspace.name] = button
            column.addWidget(button)
        column.addStretch()
        self.library_button = self._button(tr("Library"), "ph.stack", tr("Checkpoints on this machine (Ctrl+L)"))
        self.library_button.clicked.connect(self.library_wanted)
        column.addWidget(self.library_button)
        theme.changed.connect(self._dress)
        self._dress(theme.tokens)

    def show_chosen(self, name: str) -> None:
        """Show that workspace as the chosen one, without a signal."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def button(self, name: str) -> QToolButton:
        """Button of a workspace."""
        return self._buttons[name]

    def _button(self, title: str, icon_name: str, tooltip: str) -> QToolButton:
        button = QToolButton()
        button.setText(title.replace(" ", "\n"))  # a line for each word: the rail is narrow
        button.setToolTip(tooltip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setAccessibleName(title)
        button.setAccessibleDescription(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(20, 20))
        mark(button, "rail")
        self._icons.append((button, icon_name))
        return button

    def _clicked(self) -> None:
        self.chosen.emit(self.sender().property("workspace"))

    def _dress(self, tokens: Tokens) -> None:
        self.setFixedWidth(text_pixels(RAIL_WIDTH))
        for button, name in self._icons:
            button.setFixedSize(text_pixels(BUTTON.width()), text_pixels(BUTTON.height() + LINE * button.text().count("\n")))
            button.setIcon(icon(name, tokens))

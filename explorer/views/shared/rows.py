"""Rows of an inspector: names and values in two columns, and the headings over them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget
from superqt import QElidingLabel

from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

LABEL_WIDTH = 84
NOTHING = "–"


def heading(text: str) -> QLabel:
    """Small capitals over a group."""
    label = QLabel(text.upper())
    mark(label, "heading")
    return label


class Rows(QGridLayout):
    """Name and value in two columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(8)
        self.setVerticalSpacing(3)
        self.setColumnMinimumWidth(0, LABEL_WIDTH)
        self.setColumnStretch(1, 1)

    def add(self, name: str | Formula, value: QWidget | None = None) -> QWidget:
        """One more row; its value, a label if none is given."""
        row = self.rowCount()
        if isinstance(name, str):
            label: QWidget = QLabel(name)
            mark(label, "muted")
        else:
            label = MathLabel(self._theme, name)
        shown = value if value is not None else QLabel(NOTHING)
        self.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignVCenter)
        return shown

    def text(self, name: str | Formula) -> QLabel:
        """One more row of words."""
        label = QElidingLabel(NOTHING)
        self.add(name, label)
        return label

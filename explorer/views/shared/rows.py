"""The kit of inspectors: sections with a heading, rows of a name and a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.explained import explain
from explorer.widgets.look.language import english, tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

LABEL_WIDTH = 84
_WORD = re.compile(r"[^\W\d_\u2080-\u209c]{2,}|\ba(?= [^\W\d_]{2})")
"""Letters alone are symbols, but for the article."""
NOTHING = "–"


def capitals(text: str) -> str:
    """Words as capitals, symbols as they are: a capital η would be read as H, a capital t as the last of all timesteps."""
    return _WORD.sub(lambda found: found.group().upper(), text)


def heading(text: str) -> QLabel:
    """Small capitals over a group."""
    label = QLabel(capitals(text))
    mark(label, "heading")
    return label


class Section(QWidget):
    """A heading and what is under it, shown and hidden as one."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 4)
        self.column.setSpacing(8)
        self.heading = heading(title)
        explain(self.heading, title)
        self.column.addWidget(self.heading)

    def set_title(self, title: str) -> None:
        """Another heading."""
        self.heading.setText(capitals(title))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Name and value of one row."""

    name: QWidget
    value: QWidget

    def setVisible(self, visible: bool) -> None:
        """Show or hide both."""
        self.name.setVisible(visible)
        self.value.setVisible(visible)


class Rows(QGridLayout):
    """Name and value in two columns.

    Parameters
    ----------
    width : int
        Least width of the names, in pixels.
    """

    def __init__(self, theme: Theme, width: int = LABEL_WIDTH) -> None:
        super().__init__()
        self._theme = theme
        self._facts: dict[str, tuple[Row, QLabel]] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(8)
        self.setVerticalSpacing(3)
        self.setColumnMinimumWidth(0, width)
        self.setColumnStretch(1, 1)

    def add(self, name: str | Formula, value: QWidget | None = None) -> QWidget:
        """One more row; its value, a label if none is given."""
        return self.row(name, value).value

    def row(self, name: str | Formula | QWidget, value: QWidget | None = None, tip: str = "") -> Row:
        """One more row, to be shown and hidden; `tip` is of both. A name that is in the glossary says, hovered, what it is."""
        label: QWidget
        if isinstance(name, QWidget):
            label = name
        elif isinstance(name, str):
            label = QLabel(name)
            mark(label, "muted")
        else:
            label = MathLabel(self._theme, name)
        shown = value if value is not None else QLabel(NOTHING)
        if tip:
            shown.setToolTip(tip)
        explain(label, "" if isinstance(name, QWidget) else name, tip)
        at = self.rowCount()
        self.addWidget(label, at, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(shown, at, 1, Qt.AlignmentFlag.AlignVCenter)
        return Row(label, shown)

    def text(self, name: str | Formula) -> QLabel:
        """One more row of words, cut short where there is no room."""
        label = ElidingLabel(NOTHING)
        self.add(name, label)
        return label

    def fact(self, name: str, tip: str = "", formula: Formula = ()) -> QLabel:
        """One more row of words that can be selected, in as many lines as they need; known by its name to `say` and `said`.

        A formula is shown in the place of the name.
        """
        said, name = tr(english(name)), english(name)
        value = QLabel(NOTHING)
        value.setAccessibleName(said)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setWordWrap(True)
        row = self.row(formula or said, value, tip)
        self.setAlignment(row.name, Qt.AlignmentFlag.AlignTop)
        self.setAlignment(value, Qt.AlignmentFlag(0))
        self._facts[name] = row, value
        return value

    def say(self, name: str, text: str) -> None:
        """The words of a fact; a row without words is not shown."""
        row, value = self._facts[english(name)]
        if value.text() != text:
            value.setText(text)
        row.setVisible(bool(text))

    def value(self, name: str) -> QLabel:
        """The label of a fact."""
        return self._facts[english(name)][1]

    def said(self, name: str) -> str:
        """The words of a fact."""
        return self._facts[english(name)][1].text()

"""Names and values in two columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.widgets.look.style import mark

NAME_WIDTH = 88


class Facts(QWidget):
    """Rows of a muted name and a value that can be selected; a row without a value is not shown.

    Parameters
    ----------
    rows : dict of str
        Tooltip of each row by its name.
    """

    def __init__(self, rows: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, NAME_WIDTH)
        grid.setColumnStretch(1, 1)
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        for index, (name, tip) in enumerate(rows.items()):
            label, value = QLabel(name), QLabel()
            mark(label, "muted")
            label.setToolTip(tip)
            value.setToolTip(tip)
            value.setAccessibleName(name)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setWordWrap(True)
            grid.addWidget(label, index, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, index, 1)
            self._rows[name] = label, value
            self.show_value(name, "")

    def show_value(self, name: str, text: str) -> None:
        """Value of a row; empty hides it."""
        label, value = self._rows[name]
        if value.text() != text:
            value.setText(text)
        label.setVisible(bool(text))
        value.setVisible(bool(text))

    def value(self, name: str) -> str:
        """Text of a row."""
        return self._rows[name][1].text()


def number(value: float, digits: int = 3) -> str:
    """A number with a real minus."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) != 0 else text.replace("-", "")


def pair(x: float, y: float, digits: int = 3) -> str:
    """A code: (x, y)."""
    return f"({number(x, digits)}, {number(y, digits)})"


def milliseconds(value: float) -> str:
    """A short time, as precise as it is worth: "0.42 ms", "3.1 ms", "24 ms"."""
    return f"{value:.{2 if value < 1 else 1 if value < 10 else 0}f} ms"

"""A heading and what is under it, in the inspector."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.widgets.look.style import mark


class Section(QWidget):
    """A heading and what is under it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 4)
        self.column.setSpacing(8)
        self.heading = QLabel(title.upper())
        mark(self.heading, "heading")
        self.column.addWidget(self.heading)

    def set_title(self, title: str) -> None:
        """Another heading."""
        self.heading.setText(title.upper())

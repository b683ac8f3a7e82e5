"""A quiet page over another widget while there is nothing to show in it yet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID


class Veil(QWidget):
    """Covers its parent, says what it waits for, and is lifted when it is there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._words = QLabel(), QLabel()
        mark(self._title, "title")
        mark(self._words, "muted")
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch()
        for label in (self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addStretch()
        parent.installEventFilter(self)
        self.hide()

    @property
    def title(self) -> str:
        """What it says in large letters; empty once lifted."""
        return "" if self.isHidden() else self._title.text()

    def cover(self, title: str, words: str) -> None:
        """Lie over the parent with these words."""
        self._title.setText(title)
        self._words.setText(words)
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def lift(self) -> None:
        """Show what is below."""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the parent, whatever it shows."""
        if watched is self.parentWidget() and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
            self.raise_()
        return super().eventFilter(watched, event)

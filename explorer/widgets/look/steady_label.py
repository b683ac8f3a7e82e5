"""A label whose text changes many times a second: what is around it is not laid out again for each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QLabel, QWidget

SLACK = 32
"""Pixels by which it may be wider than its text before it becomes narrower."""

BEARING = 2
"""Pixels by which a letter may lean over its own width."""


class SteadyLabel(QLabel):
    """Keeps its size, as long as its text has room in it and does not leave more than `slack` of it empty.

    Qt asks every layout up to the window's for each new text of a label, unless its size is fixed.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, slack: int = SLACK) -> None:
        super().__init__(parent)
        self._slack = slack
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show it."""
        super().setText(text)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another type has other sizes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        wanted, had = self._needed(), self.maximumSize()
        if wanted.height() != had.height() or not 0 <= had.width() - wanted.width() <= self._slack:
            self.setFixedSize(wanted)

    def _needed(self) -> QSize:
        """For its text; Qt's own hint is never below the size that it was given."""
        metrics, inside = self.fontMetrics(), self.contentsRect()
        beside = QSize(self.width() - inside.width() + 2 * self.margin(), self.height() - inside.height() + 2 * self.margin())
        return QSize(metrics.horizontalAdvance(self.text()) + BEARING, metrics.height()) + beside

"""What scrolls up and down where there is less room than it asks for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

LEAST = 160
"""Pixels that are seen of it in any case."""


class Scrolled(QScrollArea):
    """Asks for all the room of what is in it, is never narrower than that, and scrolls where it is lower."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def fit(self) -> None:
        """What is in it has changed: ask for its room."""
        self.widget().layout().activate()
        self.setMaximumHeight(self.sizeHint().height())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All of it."""
        inside = self.widget().sizeHint()
        return QSize(inside.width() + self.verticalScrollBar().sizeHint().width(), inside.height())

    def minimumSizeHint(self) -> QSize:
        """Its width, and some of its height."""
        inside = self.widget().minimumSizeHint()
        return QSize(inside.width() + self.verticalScrollBar().sizeHint().width(), min(LEAST, inside.height()))

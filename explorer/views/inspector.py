"""The panel to the right: the current workspace's inspector, scrollable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

INSPECTOR_WIDTH = 288
MIN_WIDTH, MAX_WIDTH = 256, 480


class Inspector(QStackedWidget):
    """One page for each workspace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(MIN_WIDTH)
        self.setMaximumWidth(MAX_WIDTH)
        self._pages: dict[str, QScrollArea] = {}

    def add(self, name: str, content: QWidget) -> None:
        """Take a workspace's inspector."""
        page = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setWidget(content)
        page.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self._pages[name] = page
        self.addWidget(page)

    def show_page(self, name: str) -> None:
        """Show that workspace's inspector."""
        self.setCurrentWidget(self._pages[name])

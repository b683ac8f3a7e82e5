"""The panel to the right: the current workspace's inspector, scrollable."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.widgets.controls.page_stack import PageStack
from explorer.widgets.look.theme import text_pixels

INSPECTOR_WIDTH = 288
MIN_WIDTH, MAX_WIDTH = 256, 480
WORDS_WIDTH = 226
"""What names and values need at the ordinary size of text, where the window is small."""


def usual_width() -> int:
    """Pixels that it has where there is room, with the text of the size that was chosen."""
    return min(MAX_WIDTH, text_pixels(INSPECTOR_WIDTH))


class Inspector(PageStack):
    """One page for each workspace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMaximumWidth(MAX_WIDTH)
        self._pages: dict[str, _Page] = {}

    def add(self, name: str, content: QWidget) -> None:
        """Take a workspace's inspector."""
        self._pages[name] = _Page(content)
        self.addWidget(self._pages[name])

    def show_page(self, name: str) -> None:
        """Show that workspace's inspector."""
        self.setCurrentWidget(self._pages[name])


class _Page(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what is in it."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._told = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """Width of the content beside a scroll bar."""
        needed = self.widget().minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(min(MAX_WIDTH, max(MIN_WIDTH, text_pixels(WORDS_WIDTH), needed)), 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content may need another width than before."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget() and self.minimumSizeHint().width() != self._told:
            self._told = self.minimumSizeHint().width()
            self.updateGeometry()
            stack = self.parentWidget()
            if stack is not None:
                stack.updateGeometry()
        return super().eventFilter(watched, event)

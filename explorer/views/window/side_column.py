"""The column to the right: the inspector, and below it the notes; away where neither is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.views.window.inspector import MAX_WIDTH
from explorer.widgets.look.theme import GRID


class SideColumn(QSplitter):
    """Parts over one another, with handles between them."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.setObjectName("sideSplitter")
        self.setHandleWidth(GRID // 4)
        self.setMaximumWidth(MAX_WIDTH)
        for number, part in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(number, int(not number))
            part.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A part was shown or hidden."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setVisible(any(not self.widget(number).isHidden() for number in range(self.count())))

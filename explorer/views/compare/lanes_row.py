"""The row of lanes: as wide as they may be, scrolling sideways when there are too many."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from explorer.widgets.lane_panel import HEADER, SIDE_MARGIN, LanePanel
from explorer.widgets.theme import Theme

SPACING = 8
MIN_WIDTH = 240
"""Enough for four columns of 28 pixels at twice their size."""
SCROLL_BAR = 10
AROUND = 8
"""Height around the pictures of a lane."""


class LanesRow(QScrollArea):
    """Panels side by side."""

    def __init__(self, theme: Theme, connect: Callable[[LanePanel], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._connect = theme, connect
        self.panels: list[LanePanel] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        content = QWidget()
        content.setAutoFillBackground(False)
        self._row = QHBoxLayout(content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACING)
        self.setWidget(content)
        content.setAutoFillBackground(False)

    def set_count(self, count: int) -> None:
        """Have that many panels."""
        while len(self.panels) > count:
            panel = self.panels.pop()
            self._row.removeWidget(panel)
            panel.hide()
            panel.deleteLater()
        while len(self.panels) < count:
            panel = LanePanel(self._theme)
            panel.setMinimumWidth(MIN_WIDTH)
            self.panels.append(panel)
            self._row.addWidget(panel, 1)
            self._connect(panel)

    @property
    def crowded(self) -> bool:
        """Whether there are more lanes than fit."""
        return len(self.panels) * (MIN_WIDTH + SPACING) - SPACING > self.width()

    def height_for(self, width: int, most: int) -> int:
        """Height, at most `most`, that the lanes' pictures need when they use their width."""
        count = max(1, len(self.panels))
        lane = max(MIN_WIDTH, (width - SPACING * (count - 1)) // count)
        frame = HEADER + SIDE_MARGIN + AROUND + (SCROLL_BAR if self.crowded else 0)
        if not self.panels:
            return min(lane, most)
        grid = self.panels[0].grid.fitted(lane - 2 * SIDE_MARGIN, min(most - frame, lane))
        return min(most, round(grid.height) + frame)

    def reveal(self, index: int) -> None:
        """Scroll to a lane."""
        if 0 <= index < len(self.panels):
            self.ensureWidgetVisible(self.panels[index], SPACING, 0)

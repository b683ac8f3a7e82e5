"""Where Compare's lanes, equation and curves are: the lanes as high as their pictures, curves in what is left, handles between."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.views.chain.lanes.lane_grid import LaneGrid
from explorer.views.chain.lanes.lane_panel import HEADER
from explorer.views.chain.split import HANDLE, Split
from explorer.views.compare.lanes_row import LanesRow

MIN_PLOT = 132
MOST_PLOT = 240
"""Height of the curves below the grid of lanes and samples, at most: it is the grid that is looked at."""


class Middle(QWidget):
    """Lanes as high as their pictures, or the grid, then the equation, and curves in what is left.

    Attributes
    ----------
    splits : sequence of Split
    """

    def __init__(self, upper: QWidget, lanes: LanesRow, card: QWidget, plot: QWidget) -> None:
        super().__init__()
        self._lanes, self._card = lanes, card
        self._grid: LaneGrid | None = None
        upper.setMinimumHeight(HEADER + 120)
        plot.setMinimumHeight(MIN_PLOT)
        card.setFixedHeight(card.sizeHint().height())
        self._split = Split(Qt.Orientation.Vertical, "lanes", upper, card, plot)
        self.splits: Sequence[Split] = (self._split,)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)
        self.setMinimumSize(560, HEADER + 120 + card.sizeHint().height() + MIN_PLOT + 2 * HANDLE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        super().resizeEvent(event)
        self.arrange()

    def set_grid(self, grid: LaneGrid | None) -> None:
        """Have the grid of lanes and samples above the equation; None has the sheets."""
        self._grid = grid
        self.arrange()

    def arrange(self) -> None:
        """Share the height."""
        line = self._card.height()
        free = self.height() - line - 2 * HANDLE
        if self._grid is None:
            lanes = max(HEADER + 120, self._lanes.height_for(self.width(), free - MIN_PLOT))
        else:
            needed = round(self._grid.fitted(self.width(), free - MIN_PLOT).bottom)
            lanes = max(HEADER + 120, min(free - MIN_PLOT, max(needed, free - MOST_PLOT)))
        self._split.share((lanes, line, free - lanes))

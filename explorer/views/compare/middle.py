"""Where Compare's lanes, equation and curves are: the lanes as high as their pictures, curves in what is left."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.views.chain.lanes.lane_grid import LaneGrid
from explorer.views.chain.lanes.lane_panel import HEADER
from explorer.views.compare.lanes_row import LanesRow

SPACING = 8
MIN_PLOT = 132


class Middle(QWidget):
    """Lanes as high as their pictures, the equation, and curves in what is left; or lanes alone."""

    def __init__(self, upper: QWidget, lanes: LanesRow, card: QWidget, plot: QWidget) -> None:
        super().__init__()
        self._upper, self._lanes, self._card, self._plot = upper, lanes, card, plot
        self._grid: LaneGrid | None = None
        for widget in (upper, card, plot):
            widget.setParent(self)
        self.setMinimumSize(560, HEADER + 120 + card.sizeHint().height() + MIN_PLOT + 2 * SPACING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        self.arrange()

    def set_grid(self, grid: LaneGrid | None) -> None:
        """Have the grid of lanes and samples without the equation, and curves only where it leaves room; None has the sheets."""
        self._grid = grid
        self._card.setVisible(grid is None)
        self._plot.setVisible(grid is None)
        self.arrange()

    def arrange(self) -> None:
        """Share the height."""
        if self._grid is not None:
            self._arrange_grid(self._grid)
            return
        width, height, line = self.width(), self.height(), self._card.sizeHint().height()
        free = height - line - 2 * SPACING
        lanes = max(HEADER + 120, self._lanes.height_for(width, free - MIN_PLOT))
        self._upper.setGeometry(0, 0, width, lanes)
        self._card.setGeometry(0, lanes + SPACING, width, line)
        self._plot.setGeometry(0, lanes + line + 2 * SPACING, width, free - lanes)

    def _arrange_grid(self, grid: LaneGrid) -> None:
        width, height = self.width(), self.height()
        needed = round(grid.fitted(width, height).bottom)
        rest = height - needed - SPACING
        self._plot.setVisible(rest >= MIN_PLOT)
        self._upper.setGeometry(0, 0, width, needed if rest >= MIN_PLOT else height)
        if rest >= MIN_PLOT:
            self._plot.setGeometry(0, height - rest, width, rest)

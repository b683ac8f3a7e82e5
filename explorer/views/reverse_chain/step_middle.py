"""The samples beside the step: its equation over the curves, with handles between the three."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.views.chain.lanes.lane_panel import HEADER, SIDE_MARGIN, LanePanel
from explorer.views.chain.split import HANDLE, Split
from explorer.widgets.pictures.equation_layout import STACK_SIDES, stack_height
from explorer.widgets.pictures.equation_strip import EquationStrip

MIN_RIGHT = 430
"""What the equation needs beside the samples."""
LEAST_LEFT = 200
MIN_PLOT, LEAST_PLOT = 190, 132


class StepMiddle(QWidget):
    """Samples to the left, as wide as their height can use; equation over curves to the right.

    Attributes
    ----------
    splits : sequence of Split
    """

    def __init__(self, panel: LanePanel, card: QWidget, equation: EquationStrip, plot: QWidget) -> None:
        super().__init__()
        self._panel, self._card, self._equation = panel, card, equation
        self._step = Split(Qt.Orientation.Vertical, "step", card, plot)
        self._across = Split(Qt.Orientation.Horizontal, "across", panel, self._step)
        self.splits: Sequence[Split] = (self._across, self._step)
        panel.setMinimumWidth(LEAST_LEFT)
        self._step.setMinimumWidth(MIN_RIGHT - 110)
        plot.setMinimumHeight(LEAST_PLOT)
        equation.setMinimumHeight(stack_height(STACK_SIDES[-1]))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._across)
        for split in self.splits:
            split.dragged.connect(self._fit_equation)
        self.setMinimumSize(560, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self.arrange()

    def _most(self, height: float) -> float:
        """Width that the samples may have."""
        return max(LEAST_LEFT, min(height - HEADER + 2 * HANDLE, self.width() - HANDLE - MIN_RIGHT))

    def height_needed(self, height: int) -> int:
        """What of a height the samples use, at the size that their pictures have in it."""
        grid = self._panel.grid.fitted(self._most(height) - 2 * SIDE_MARGIN, height - HEADER - SIDE_MARGIN)
        return max(self.minimumHeight(), min(height, round(grid.height) + HEADER + SIDE_MARGIN))

    def arrange(self) -> None:
        """Give the samples the width that their pictures use, the step the rest."""
        width, height = self.width(), self.height()
        most = self._most(height)
        grid = self._panel.grid.fitted(most - 2 * SIDE_MARGIN, height - HEADER - SIDE_MARGIN)
        left = round(min(most, round(grid.width) + 2 * SIDE_MARGIN + 2 * HANDLE))
        right = width - HANDLE - left
        self._across.share((left, right))
        self._equation.set_side(self._equation.side_for(self._across.sizes()[1], height - HANDLE - MIN_PLOT))
        upper = self._equation.sizeHint().height()
        self._step.share((upper, height - HANDLE - upper))
        self._fit_equation()

    def _fit_equation(self) -> None:
        """Pictures of the equation as large as its card allows."""
        width, height = self._across.sizes()[1], self._step.sizes()[0]
        self._equation.set_side(self._equation.side_for(width, max(height, self._equation.minimumHeight())))

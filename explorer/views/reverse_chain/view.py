"""The Reverse chain workspace."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from explorer.engine.messages import LibraryEntry
from explorer.views.chain import edits
from explorer.views.chain.figures import PLOTS
from explorer.views.chain.labels import checkpoint_name
from explorer.views.chain.page import ChainPage
from explorer.views.workspace import Context
from explorer.widgets.equation_strip import EquationStrip
from explorer.widgets.image_grid import ImageGrid
from explorer.widgets.lane_panel import HEADER, LanePanel

MARGIN = 12
SPACING = 8
MIN_RIGHT = 440
"""What the equation needs beside the samples."""
MIN_PLOT = 190


class _Middle(QWidget):
    """Samples to the left, as wide as their height can use; equation over curves to the right."""

    def __init__(self, panel: LanePanel, card: QWidget, equation: EquationStrip, plot: QWidget) -> None:
        super().__init__()
        self._panel, self._card, self._equation, self._plot = panel, card, equation, plot
        for widget in (panel, card, plot):
            widget.setParent(self)
        self.setMinimumSize(560, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts."""
        width, height = self.width(), self.height()
        left = min(height - HEADER + 2, width - SPACING - MIN_RIGHT)
        right = width - SPACING - left
        self._equation.set_side(self._equation.side_for(right, height - SPACING - MIN_PLOT))
        upper = self._equation.sizeHint().height()
        self._panel.setGeometry(0, 0, left, height)
        self._card.setGeometry(left + SPACING, 0, right, upper)
        self._plot.setGeometry(left + SPACING, upper + SPACING, right, height - upper - SPACING)


class ReverseChainWorkspace(ChainPage):
    """One lane: samples to the left, equation and curves to the right, film strip and timeline below."""

    workspace_name = "reverse-chain"
    title = "Reverse"
    icon_name = "mdi6.arrow-left"
    tooltip = "Reverse chain: scrub one model's chain from noise to samples"
    menu_title = "&Chain"
    part_name = "reverse"
    plots = PLOTS
    equation_layout = "stack"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._panel = LanePanel(context.theme)
        super().__init__(context, parent)
        self.connect_panel(self._panel)

    @property
    def panels(self) -> Sequence[LanePanel]:
        """The one lane."""
        return [self._panel]

    @property
    def grid(self) -> ImageGrid:
        """The samples."""
        return self._panel.grid

    def lay_out(self) -> None:
        """Samples left, the step right, time below."""
        seed = QPushButton("New seed")
        seed.setToolTip("Sample from new noise  (N)")
        seed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        seed.clicked.connect(self.new_seed)
        self._equation_card = self.on_card(self.equation)
        self._panel.set_menu(None)
        self._film_card = self.on_card(self.film)
        self._middle = _Middle(self._panel, self._equation_card, self.equation, self.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(self.toolbar(seed))
        column.addWidget(self._middle, 1)
        column.addWidget(self._film_card)
        column.addWidget(self.transport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger film pictures in a larger window."""
        self.film.set_side(84 if self.height() >= 900 else 56)

    def show_lanes(self) -> None:
        """There is one panel, with or without a lane."""
        if not self.part.recipe.lanes:
            self._panel.set_lane("No model", "", "", "")
            self._panel.grid.set_tiles(None)
            self._panel.grid.set_message("Open a checkpoint to sample from it: File > Checkpoint library, or drop a .safetensors file here.")
        else:
            self._panel.grid.set_message("")

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes the lane."""
        if not self.entry_is_ddpm(entry):
            return False
        state = self.part.state
        sampler = state.recipe.lanes[0].sampler if state.recipe.lanes else None
        lane = edits.lane_of(entry, sampler)
        self.part.put(edits.with_lanes(state, (lane,), (0,)), f"open {checkpoint_name(lane)}")
        return True

"""The Reverse chain workspace."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from explorer.engine.messages import LibraryEntry
from explorer.views.chain import edits
from explorer.views.chain.figures import PLOTS
from explorer.views.chain.labels import checkpoint_name
from explorer.views.chain.lane_menu import add_checkpoints
from explorer.views.chain.page import ChainPage
from explorer.views.workspace import Context
from explorer.widgets.equation_strip import EquationStrip
from explorer.widgets.image_grid import ImageGrid
from explorer.widgets.lane_panel import HEADER, SIDE_MARGIN, LanePanel

MARGIN = 12
SPACING = 8
MIN_RIGHT = 430
"""What the equation needs beside the samples."""
MIN_PLOT = 190
EMPTY = "Open a checkpoint to sample from it: File > Checkpoint library, or drop a .safetensors file here."


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
        self.arrange()

    def arrange(self) -> None:
        """Give the samples the width that their pictures use, the step the rest."""
        width, height = self.width(), self.height()
        most = max(200, min(height - HEADER + 2 * SPACING, width - SPACING - MIN_RIGHT))
        grid = self._panel.grid.fitted(most - 2 * SIDE_MARGIN, height - HEADER - SIDE_MARGIN)
        left = min(most, round(grid.width) + 2 * SIDE_MARGIN + 2 * SPACING)
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
        menu = QMenu(self._panel)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_menu)
        self._panel.set_menu(menu)
        parts = self.parts
        self._middle = _Middle(self._panel, parts.equation_card, parts.equation, parts.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(parts.toolbar(self.unet.button, seed))
        column.addWidget(self.unet.over(self._middle), 1)
        column.addWidget(parts.film_card)
        column.addWidget(parts.transport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger film pictures in a larger window."""
        self.parts.film.set_side(84 if self.height() >= 900 else 56)

    def show_lanes(self) -> None:
        """There is one panel, with or without a lane."""
        self._middle.arrange()
        if not self.part.recipe.lanes:
            self._panel.set_lane("No model", "", "", "")
            self._panel.grid.set_tiles(None)
            self._panel.grid.set_message(EMPTY)
        else:
            self._panel.grid.set_message("")

    def _fill_menu(self) -> None:
        menu = self._panel.menu_button.menu()
        menu.clear()
        lanes = self.part.recipe.lanes
        current = lanes[0].checkpoint if lanes else ""
        menu.addSection("Model")
        add_checkpoints(menu, self.context.library.of_kind("ddpm"), self.accept_entry, lambda: self.opener.ask(0), current)

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes the lane."""
        if not self.is_ddpm(entry):
            return False
        state = self.part.state
        sampler = state.recipe.lanes[0].sampler if state.recipe.lanes else None
        lane = edits.lane_of(entry, sampler)
        self.part.put(edits.with_lanes(state, (lane,), (0,)), f"open {checkpoint_name(lane)}")
        return True

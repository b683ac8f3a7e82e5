"""The Reverse chain workspace."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from explorer import sources
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import ScheduleChoice
from explorer.state.edits import branches as trees
from explorer.state.edits import lanes as lane_edits
from explorer.state.edits.words import walk_words
from explorer.views.chain.figures import IDEAL_PLOTS, PLOTS
from explorer.views.chain.lanes.image_grid import ImageGrid
from explorer.views.chain.lanes.lane_panel import HEADER, SIDE_MARGIN, LanePanel
from explorer.views.chain.page import ChainPage
from explorer.views.reverse_chain.actions import GROUPS
from explorer.views.reverse_chain.branching_view import BranchingView
from explorer.views.shared.labels import checkpoint_name
from explorer.views.shared.lane_menu import add_checkpoints
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Do, separated
from explorer.widgets.pictures.equation_strip import EquationStrip

MARGIN = 12
SPACING = 8
MIN_RIGHT = 430
"""What the equation needs beside the samples."""
MIN_PLOT, LEAST_PLOT = 190, 150
EMPTY = f"Open a checkpoint to sample from it: File > Checkpoint library, or drop {sources.a_file()} here."


class _Middle(QWidget):
    """Samples to the left, as wide as their height can use; equation over curves to the right."""

    def __init__(self, panel: LanePanel, card: QWidget, equation: EquationStrip, plot: QWidget) -> None:
        super().__init__()
        self._panel, self._card, self._equation, self._plot = panel, card, equation, plot
        for widget in (panel, card, plot):
            widget.setParent(self)
        self.setMinimumSize(560, 300)

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
        rest = height - upper - SPACING
        if rest < LEAST_PLOT:
            self._equation.set_side(self._equation.side_for(right, height))
        self._plot.setVisible(rest >= LEAST_PLOT)  # a tree of many branches in a low window leaves no room for curves
        self._card.setGeometry(left + SPACING, 0, right, upper if rest >= LEAST_PLOT else height)
        self._plot.setGeometry(left + SPACING, upper + SPACING, right, rest)


class ReverseChainWorkspace(ChainPage):
    """One lane: samples to the left, equation and curves to the right, film strip and timeline below."""

    workspace_name = "reverse-chain"
    title = "Reverse"
    icon_name = "mdi6.arrow-left"
    tooltip = "Reverse chain: scrub one model's chain from noise to samples"
    menu_title = "&Chain"
    part_name = "reverse"
    plots = (*PLOTS, *IDEAL_PLOTS)
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
        seed.setToolTip(self.chain_actions["seed"].toolTip())
        seed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        seed.clicked.connect(self.new_seed)
        menu = QMenu(self._panel)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_menu)
        self._panel.set_menu(menu)
        widgets = self.widgets
        self._middle = _Middle(self._panel, widgets.equation_card, widgets.equation, widgets.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(widgets.toolbar(self.unet.button, seed))
        self.branching = BranchingView(self.controller, widgets.transport.timeline, self)
        self.branching.controller.tree.noticed.connect(self.noticed)
        self.branching.controller.painting.opened.connect(self.playback.pause)
        self.unet.put_behind(self._middle)
        self.branching.panels.put_behind(self.unet)
        column.addWidget(self.branching.panels, 1)
        column.addWidget(widgets.film_card)
        column.addWidget(self.branching.bar)
        column.addWidget(widgets.transport)
        self.branching.actions.add_to(widgets.inspector)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger film pictures in a larger window."""
        self.widgets.film.set_side(84 if self.height() >= 900 else 56)
        self.branching.bar.set_room(self.height())

    def show_lanes(self) -> None:
        """There is one panel, with or without a lane."""
        self.branching.controller.show_state()
        self._middle.arrange()
        if not self.part.recipe.lanes:
            self._panel.set_lane("No model", "", "", "")
            self._panel.grid.set_tiles(None)
            self._panel.grid.set_message(EMPTY)
        else:
            self._panel.grid.set_message("")

    # --- branches ---

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return super().idle and self.branching.controller.idle

    @classmethod
    def action_groups(cls) -> Sequence[Sequence[Do]]:
        """What every chain has, and branches."""
        return (*super().action_groups(), *GROUPS)

    def action(self, name: str) -> QAction | None:
        """The action of a row of the table; those of branches have a name of their own."""
        return super().action(name) or super().action(f"branch-{name}")

    def menu_actions(self) -> Sequence[QAction]:
        """Playing, stepping, quantities, seed, stop; branches."""
        return separated(self, (super().menu_actions(), self.branching.actions.menu()))

    def keys(self) -> Sequence[tuple[str, str]]:
        """Gestures that are in no menu."""
        return (
            *super().keys(),
            ("Up, Down in the tree", "Another branch"),
            ("F2 in the tree", "Rename the branch"),
            ("Wheel on the canvas", "Size of the brush"),
            ("Backspace while painting", "Take the last mark back"),
        )

    def present(self, on: bool) -> None:
        """No branches either, while there are none."""
        super().present(on)
        self.branching.bar.setVisible(not on or bool(self.part.recipe.branches))

    def activate(self) -> None:
        """The workspace is shown."""
        super().activate()
        self.branching.controller.set_active(True)

    def deactivate(self) -> None:
        """Another is shown."""
        super().deactivate()
        self.branching.controller.set_active(False)

    def accept_picture(self, path: str) -> bool:
        """Offer to back up from a picture."""
        return self.branching.controller.backing_up.accept_picture(path)

    def set_sampler(self, label: str, index: int | None = None, **fields: object) -> None:
        """Fields of the sampler: of the chain and of every branch of it."""
        if self.part.recipe.lanes:
            self.part.put(trees.set_sampler(self.part.state, **fields), label)

    def set_schedule(self, schedule: ScheduleChoice | None, index: int | None = None) -> None:
        """The schedule that the chain, and every branch of it, walks; None is the network's own."""
        lanes = self.part.recipe.lanes
        if lanes:
            own = self.controller.own_length_of(lanes[0])
            self.part.put(trees.set_schedule(self.part.state, schedule, own), walk_words(schedule))

    def set_snapshot(self, index: int, entry: LibraryEntry, label: str, merge: str = "") -> None:
        """The chain, and every branch of it, at another moment of the run."""
        self.part.put(trees.set_snapshot(self.part.state, entry), label, merge)

    def _fill_menu(self) -> None:
        menu = self._panel.menu_button.menu()
        menu.clear()
        lanes = self.part.recipe.lanes
        current = lanes[0].checkpoint if lanes else ""
        menu.addSection("Model")
        add_checkpoints(menu, self.context.library.of_kind("ddpm"), self.accept_entry, lambda: self.opener.ask(0), current)
        self.exact_lanes.fill_menu(menu, partial(self.exact_lanes.put, 0))
        if lanes:
            self.exact_lanes.fill_lane_menu(menu, 0)

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes the lane."""
        if not self.is_ddpm(entry):
            return False
        state = lane_edits.open_entry(self.part.state, entry)
        self.part.put(state, f"open {checkpoint_name(state.recipe.lanes[0])}")
        return True

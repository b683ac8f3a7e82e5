"""The Reverse chain workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from explorer.state.session import ChainState
from explorer.views.chain.figures import IDEAL_PLOTS, PLOTS
from explorer.views.chain.lanes.image_grid import ImageGrid
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.chain.page import ChainPage
from explorer.views.chain.split import HANDLE, Split
from explorer.views.pictures.picture_menu import Verb
from explorer.views.reverse_chain.branch_bar import MOST_ROWS
from explorer.views.reverse_chain.branch_tree import ROW
from explorer.views.reverse_chain.branching_view import BranchingView
from explorer.views.reverse_chain.expected import Expected
from explorer.views.reverse_chain.facts import FACTS
from explorer.views.reverse_chain.paint_choices import AT_ZERO
from explorer.views.reverse_chain.step_middle import StepMiddle
from explorer.views.shared.labels import checkpoint_name
from explorer.views.shared.lane_menu import add_checkpoints
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import separated
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr
from explorer.widgets.pictures.pointed import Pointed

MARGIN = 12
SPACING = 8
SMALLEST_FILM, USUAL_FILM, LARGE_FILM, LARGEST_FILM = 28, 56, 84, 140
"""Sides of the film strip's pictures: what a handle can make of them, and what they are by themselves."""
FEW_LINES = 2
"""Of the tree, for which the film strip gives way."""
EMPTY = tr("Open a checkpoint to sample from it: File > Checkpoint library, or drop {a_file} here.", a_file=sources.a_file())


class ReverseChainWorkspace(ChainPage):
    """One lane: samples to the left, equation and curves to the right, film strip and timeline below."""

    facts = FACTS
    part_name = "reverse"
    plots = (*PLOTS, *IDEAL_PLOTS)
    equation_layout = "stack"
    expected: Expected

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._panel = LanePanel(context.theme)
        self._panel.setObjectName("samples")
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
        seed = QPushButton(tr("New seed"))
        seed.setToolTip(self.chain_actions["seed"].toolTip())
        seed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        seed.clicked.connect(self.new_seed)
        self.chain_actions["seed"].enabledChanged.connect(seed.setEnabled)
        menu = QMenu(self._panel)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_menu)
        self._panel.set_menu(menu)
        widgets = self.widgets
        self.expected = Expected(self.controller, self)
        self.expected.chosen.connect(lambda index: self.selecting.only(0, index))
        lower = self.expected.in_the_place_of(widgets.plot)
        self._middle = StepMiddle(self._panel, widgets.equation_card, widgets.equation, lower)
        widgets.film.let_height_choose(SMALLEST_FILM, LARGEST_FILM)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(widgets.toolbar(self.unet.button, seed))
        self.branching = BranchingView(self.controller, widgets.transport.timeline, self)
        self.branching.controller.tree.noticed.connect(self.noticed)
        self.branching.controller.painting.opened.connect(self.playback.pause)
        self.branching.controller.painting.branched.connect(self.expected.look_ahead)
        self.unet.put_behind(self._middle)
        self.branching.panels.put_behind(self.unet)
        self._parts = Split(Qt.Orientation.Vertical, "parts", self.branching.panels, widgets.film_card, self.branching.bar)
        self._parts.setCollapsible(1, True)
        column.addWidget(self._parts, 1)
        column.addWidget(widgets.transport)
        self.branching.actions.add_to(widgets.inspector)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self.arrange()

    @property
    def splits(self) -> Sequence[Split]:
        """Everything with handles."""
        return (self._parts, *self._middle.splits)

    def arrange(self) -> None:
        """The samples keep the size of their pictures: the tree has what they leave, and the film strip's place if that is little."""
        self.layout().activate()
        self._parts.share(self._shares())
        self._middle.arrange()

    def _shares(self) -> tuple[int, int, int]:
        """Heights of the samples with the step, the film strip, and the bar with the tree."""
        bar, film = self.branching.bar, self.widgets.film
        whole, side = self._parts.height() - 2 * HANDLE, LARGE_FILM if self.height() >= 900 else USUAL_FILM
        lines = min(bar.lines, MOST_ROWS)
        usual = film.height_for(side)
        needed = self._middle.height_needed(whole - usual - bar.height_with(0))
        for height in (usual, film.height_for(USUAL_FILM), 0):
            room = (whole - height - bar.height_with(0) - needed) // ROW
            if room >= min(lines, FEW_LINES) or height == 0:
                break
        shown = min(lines, max(room, min(lines, FEW_LINES)))
        return whole - height - bar.height_with(shown), height, bar.height_with(shown)

    def show_lanes(self) -> None:
        """There is one panel, with or without a lane."""
        self.branching.controller.show_state()
        self.arrange()
        if not self.part.recipe.lanes:
            self._panel.set_lane(tr("No model"), "", "", "")
            self._panel.grid.set_tiles(None)
            self._panel.grid.set_message(EMPTY)
        else:
            self._panel.grid.set_message("")

    def picture_verbs(self, widget: QWidget, pointed: Pointed) -> Sequence[Verb]:
        """Paint on a sample, erase in it, see its lane beside others."""
        if widget is not self.grid:
            return ()
        can, actions = self.part.state.t > 0 and not self.controller.is_lost, self.branching.actions

        def on(name: str) -> Callable[[], None]:
            def do() -> None:
                self.pick(pointed)
                actions[name].trigger()

            return do

        rows = [
            Verb(text, on(name), can, actions[name].toolTip() if can else AT_ZERO)
            for name, text in (("paint", tr("Paint…")), ("erase", tr("Erase…")))
        ]
        return (*rows, Verb(tr("Add to Compare"), on("add"), True, actions["add"].toolTip()))

    # --- branches ---

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return super().idle and self.branching.controller.idle and self.branching.starting.idle

    def action(self, name: str) -> QAction | None:
        """The action of a row of the table; those of branches have a name of their own."""
        return super().action(name) or super().action(f"branch-{name}")

    def menu_actions(self) -> Sequence[QAction]:
        """Playing, stepping, quantities, seed, stop; branches."""
        return separated(self, (super().menu_actions(), self.branching.actions.menu()))

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
        self.branching.starting.leave()

    def accept_picture(self, path: str) -> bool:
        """Offer to noise a picture again, or to start from it where that is asked."""
        return self.branching.starting.accept_picture(path) or self.branching.controller.backing_up.accept_picture(path)

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

    def set_all_steps(self, steps: int | None) -> None:
        """As of the lane: its branches go along."""
        self.set_sampler(tr("change steps"), steps=steps)

    def set_snapshot(self, index: int, entry: LibraryEntry, label: str, merge: str = "") -> None:
        """The chain, and every branch of it, at another moment of the run."""
        self.part.put(trees.set_snapshot(self.part.state, entry), label, merge)

    def _put_told(self, state: ChainState, label: str) -> None:
        """The chain, and every branch of it, is told otherwise."""
        self.part.put(trees.regrown(self.part.state, state), label)

    def _fill_menu(self) -> None:
        menu = self._panel.menu_button.menu()
        emptied(menu)
        lanes = self.part.recipe.lanes
        current = lanes[0].checkpoint if lanes else ""
        menu.addSection(tr("Model"))
        add_checkpoints(menu, self.context.library.of_kind("ddpm"), self.accept_entry, self.opener, 0, current)
        self.exact_lanes.fill_menu(menu, partial(self.exact_lanes.put, 0))
        if lanes:
            self.exact_lanes.fill_lane_menu(menu, 0)
            self.noise_check.fill_menu(menu, lanes, 0)

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes the lane."""
        if not self.is_ddpm(entry):
            return False
        state = lane_edits.open_entry(self.part.state, entry, self.usual_sampler, self.context.library.entries)
        self.part.put(state, tr("open {checkpoint_name}", checkpoint_name=checkpoint_name(state.recipe.lanes[0])))
        return True

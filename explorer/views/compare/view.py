"""The Compare workspace."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from explorer import sources
from explorer.engine.chain.data_set.messages import DataSetOpened
from explorer.engine.chain.messages import StepShown
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES, Lane
from explorer.recipe.quantities import QUANTITIES
from explorer.state.edits import chain as edits
from explorer.state.edits import lanes as lane_edits
from explorer.state.edits import replacing, sweeps
from explorer.state.edits.exact_lanes import is_through_options
from explorer.state.session import ChainState
from explorer.views.chain.data_set.exact_lanes import change_label
from explorer.views.chain.figures import DISTANCE_PLOTS, IDEAL_PLOTS, PLOTS, SSIM_PLOTS
from explorer.views.chain.lanes.lane_grid import LaneGrid
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.chain.page import ChainPage
from explorer.views.chain.split import HANDLE, Split
from explorer.views.compare.actions import GROUPS
from explorer.views.compare.expected import Expected
from explorer.views.compare.facts import FACTS
from explorer.views.compare.lanes_row import LanesRow
from explorer.views.compare.menus import CompareMenus
from explorer.views.compare.middle import Middle
from explorer.views.compare.small_multiples import SmallMultiples
from explorer.views.compare.sweep_dialog import SweepDialog
from explorer.views.pictures.picture_menu import Verb
from explorer.views.shared.labels import checkpoint_name, lane_titles, short_titles
from explorer.views.workspace import Context
from explorer.widgets.controls.actions import Actions, segment, separated
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import give_menu, mark
from explorer.widgets.pictures.pointed import Pointed

MARGIN = 12
SHORT = 6
"""Letters of a lane's name that the tool bar has room for."""
ROOMY = 1000
"""Width from which on the tool bar has room for words."""


class CompareWorkspace(ChainPage):
    """Lanes side by side from the same x_T and the same z_t."""

    facts = FACTS
    part_name = "compare"
    plots = (*PLOTS, *DISTANCE_PLOTS, *IDEAL_PLOTS, *SSIM_PLOTS)
    equation_layout = "row"
    several_lanes = True
    expected: Expected

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.lanes_row = LanesRow(context.theme, self.connect_panel)
        self.menus = CompareMenus(self, self)
        super().__init__(context, parent)
        self.lanes_row.dropped.connect(self.put_lane)

    def menu_actions(self) -> Sequence[QAction]:
        """Those of every chain workspace, then sweep and grid."""
        return separated(self, (super().menu_actions(), self.lane_actions.menu()))

    @property
    def panels(self) -> Sequence[LanePanel]:
        """One for each lane."""
        return self.lanes_row.panels

    @property
    def titles(self) -> tuple[str, ...]:
        """Of the lanes."""
        return lane_titles(self.part.recipe.lanes, self.controller.called)

    def picture_verbs(self, widget: QWidget, pointed: Pointed) -> Sequence[Verb]:
        """What the lane of a sample can be: the one that differences refer to, or a chain to branch from."""
        lane = pointed.lane if isinstance(widget, LaneGrid) else self._lane_of(widget)
        if lane < 0:
            return ()
        title = self.titles[lane]
        other = lane != self.controller.reference
        return (
            Verb(
                tr("Compare the others with this lane"),
                partial(self._compare_with, lane),
                other,
                tr("Show how far the other lanes are from {title}", title=title),
            ),
            Verb(
                tr("Open in Reverse chain"),
                partial(self._open_alone, lane, pointed.index),
                True,
                tr("Paint on it, erase, go on from any step"),
            ),
        )

    def _lane_of(self, widget: QWidget) -> int:
        return next((i for i, panel in enumerate(self.panels) if widget is panel.grid), -1)

    def _compare_with(self, lane: int) -> None:
        self.part.update(reference=lane, quantity="difference")

    def _open_alone(self, lane: int, sample: int) -> None:
        store = self.context.store
        alone = lane_edits.alone(self.part.state, lane, sample, store.session.reverse)
        store.update(tr("open in Reverse chain"), reverse=alone, workspace="reverse-chain")

    # --- layout ---

    def lay_out(self) -> None:
        """Lanes above, equation, curves, film strip and timeline below."""
        self._of_button = QPushButton()
        self._of_button.setToolTip(tr("Which quantity the difference is of, and to which lane"))
        give_menu(self._of_button, QMenu(self._of_button))
        self._of_button.menu().aboutToShow.connect(self._fill_difference_menu)
        self._add_button = QPushButton(tr("+ Add lane"))
        self._add_button.setObjectName("addLane")
        self._add_button.setToolTip(tr("One more lane, from the same noise"))
        give_menu(self._add_button, QMenu(self._add_button))
        self._add_button.menu().aboutToShow.connect(self._fill_add_menu)
        for button in (self._of_button, self._add_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._noise = QLabel()
        self._noise.setMinimumWidth(1)
        self._noise.setToolTip(tr("Every lane starts from the same x_T and gets the same z_t at each step"))
        mark(self._noise, "muted")
        self._empty = QLabel(tr("No lanes yet.\nAdd one with “+ Add lane”, or drop {endings} files here.", endings=sources.endings()))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark(self._empty, "muted")
        self._upper = QWidget()
        self._stack = QStackedLayout(self._upper)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.lanes_row)
        self._stack.addWidget(self._empty)
        self.multiples = SmallMultiples(self.controller, self.display, self.lanes_row, self)
        self.expected = Expected(self.controller, self)
        for grid in (self.multiples.grid, self.expected.card.grid):
            grid.cell_chosen.connect(self.selecting.only)
            grid.cell_toggled.connect(self.selecting.toggle)
            grid.cell_reached.connect(self.selecting.through)
            grid.all_wanted.connect(self.selecting.all)
            grid.wheel_stepped.connect(self.playback.step)
        self.multiples.grid.pixel_hovered.connect(self.display.hover)
        self._stack.addWidget(self.multiples)
        a = self.lane_actions = Actions(self.context.theme, self, GROUPS)
        a.on("sweep", self.ask_sweep)
        a.on("over_training", self.sweep_training)
        a.on("through", self._compare_options)
        a.on("grid", self.toggle_layout)
        self.training.shown.connect(self._show_over_training)
        self.controller.planned.connect(self._show_what_can_be)
        self.layouts = SegmentBar((segment("grid", a["grid"], tr("grid")),), tr("Layout of the lanes"), exclusive=False)
        self.layouts.chosen.connect(lambda _name: self.toggle_layout())
        widgets = self.widgets
        lower = self.expected.in_the_place_of(widgets.plot)
        self._middle = Middle(self._upper, self.lanes_row, widgets.equation_card, lower)
        bar = widgets.toolbar(self._noise, self.layouts, self.unet.button, self._add_button)
        bar.insertWidget(1, self._of_button)
        self.multiples.fits_anew.connect(self._middle.arrange)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, HANDLE)
        column.setSpacing(HANDLE)
        column.addLayout(bar)
        self.unet.put_behind(self._middle)
        widgets.film.let_height_choose(28, 140)
        self._parts = Split(Qt.Orientation.Vertical, "parts", self.unet, widgets.film_card)
        self._parts.setCollapsible(1, True)
        column.addWidget(self._parts, 1)
        column.addWidget(widgets.transport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self.arrange()
        self._show_noise()

    @property
    def splits(self) -> Sequence[Split]:
        """Everything with handles."""
        return (self._parts, *self._middle.splits)

    def arrange(self) -> None:
        """Larger film pictures in a larger window; the lanes have the rest."""
        film = self.widgets.film.height_for(84 if self.height() >= 960 else 56)
        self._parts.share((self._parts.room - film, film))
        self._middle.arrange()

    # --- what is shown ---

    def show_lanes(self) -> None:
        """Have a panel for each lane, its menu made when it is opened."""
        lanes = self.part.recipe.lanes
        before = len(self.lanes_row.panels)
        self.lanes_row.set_count(len(lanes))
        for panel in self.lanes_row.panels[before:]:
            menu = QMenu(panel)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(partial(self.menus.fill_lane, panel))
            panel.set_menu(menu)
            self.space_keeper.guard(panel)
        self._show_layout()
        self._add_button.setEnabled(len(lanes) < MAX_LANES)
        if lanes:
            at = self.controller.reference
            name, title = short_titles(lanes, self.controller.called)[at], self.titles[at]
            state = self.part.state
            of, row = tr(QUANTITIES[state.difference_of].label), QUANTITIES["difference"]
            tip = tr("{of} of each lane minus that of {title}  ({key})", of=of, title=title, key=row.key)
            has_room = len(name) <= SHORT and not self.display.classes.some_can_be_guided
            self.widgets.quantities.set_label(
                row.name, tr("{label} to {name}", label=tr(row.label), name=name) if has_room else tr(row.label), tip
            )
            self._of_button.setText(tr("of {of}", of=of))
            self.widgets.plot.plots.set_label("distance x_t", tr("distance xₜ"), tr("‖xₜ − xₜ of {title}‖, per image", title=title))
            self.widgets.plot.plots.set_label("distance x0_hat", tr("distance x̂₀"), tr("‖x̂₀ − x̂₀ of {title}‖, per image", title=title))
            like = tr("is to that of {title}: structural similarity, 1 is the same", title=title)
            self.widgets.plot.plots.set_label("ssim x_t", tr("SSIM xₜ"), tr("How like xₜ {like}", like=like))
            self.widgets.plot.plots.set_label("ssim x0_hat", tr("SSIM x̂₀"), tr("How like x̂₀ {like}", like=like))
        self._of_button.setVisible(QUANTITIES[self.part.state.quantity].beside == "lane")
        self._show_noise()
        self._middle.arrange()

    def _show_noise(self) -> None:
        """Say that the noise is the same, where there is room."""
        state = self.part.state
        seeds = {state.recipe.seed if lane.seed is None else lane.seed for lane in state.recipe.lanes}
        text = tr("same noise · seed {seed}", seed=state.recipe.seed) if len(seeds) == 1 else tr("{count} seeds", count=len(seeds))
        self._noise.setText(text if len(state.recipe.lanes) > 1 else "")
        self._noise.setVisible(self.width() > ROOMY and self.widgets.locate.isHidden())

    def _show_layout(self) -> None:
        """Sheets, the grid, or what to do where there is no lane."""
        lanes, layout = self.part.recipe.lanes, self.part.state.layout
        self._stack.setCurrentWidget(self._empty if not lanes else self.multiples if layout == "grid" else self.lanes_row)
        self.layouts.button("grid").setChecked(layout == "grid")
        self.layouts.setEnabled(bool(lanes))
        self.multiples.show_lanes()
        self._middle.set_grid(self.multiples.grid if lanes and layout == "grid" else None)
        self.lane_actions["grid"].setChecked(layout == "grid")
        self.lane_actions["through"].setChecked(is_through_options(self.part.state))
        self._show_what_can_be()

    def _show_what_can_be(self) -> None:
        self.lane_actions["sweep"].setEnabled(bool(self.part.recipe.lanes) and not self.controller.is_lost)
        self._show_noise()

    def _show_over_training(self) -> None:
        self.lane_actions["over_training"].setEnabled(bool(self.training.snapshots(self.controller.lane)))

    def toggle_layout(self) -> None:
        """Sheets or the grid."""
        self.part.put(edits.toggle_layout(self.part.state))

    def show_step(self, shown: StepShown) -> None:
        """The pictures of lanes at the cursor, on their sheets and in the grid."""
        super().show_step(shown)
        self.multiples.show_lanes()

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        super()._state_changed(before, after)
        if before.layout != after.layout:
            self._show_layout()
        self.multiples.show_selected()

    # --- what can be done to a lane ---

    def _fill_difference_menu(self) -> None:
        self.menus.fill_difference(self._of_button.menu())

    def _fill_add_menu(self) -> None:
        self.menus.fill_add(self._add_button.menu())

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Checkpoints that can be a lane."""
        return self.context.library.of_kind("ddpm")

    def move_lane(self, index: int, by: int) -> None:
        """Move a lane to the left (-1) or to the right (1)."""
        title = self.titles[index]
        self.part.put(
            lane_edits.move_lane(self.part.state, index, by),
            tr("move {title} {value}", title=title, value=tr("left") if by < 0 else tr("right")),
        )

    def duplicate_lane(self, index: int) -> None:
        """Have a lane twice, side by side."""
        title = self.titles[index]
        self.part.put(lane_edits.duplicate_lane(self.part.state, index), tr("duplicate {title}", title=title))

    def put_lane(self, index: int, to: int) -> None:
        """A lane was dragged to another place."""
        title = self.titles[index]
        self.part.put(lane_edits.put_lane(self.part.state, index, to), tr("move {title}", title=title))

    def reset_lane(self, index: int) -> None:
        """A lane as its checkpoint makes it."""
        title = self.titles[index]
        entry = self.context.library.find(self.part.recipe.lanes[index].checkpoint)
        self.part.put(lane_edits.reset_lane(self.part.state, index, entry), tr("reset {title}", title=title))

    def ask_sweep(self, index: int | None = None) -> None:
        """Let the person choose a setting and its values."""
        lanes = self.part.recipe.lanes
        if not lanes:
            return
        at = self.controller.lane if index is None else index
        length, _ = self.controller.schedule_of(lanes[at])
        classes = self.display.classes.of(lanes[at])
        entries, called = self.entries(), self.controller.called
        dialog = SweepDialog(lanes[at], self.titles[at], len(lanes), entries, length, self.sweep, self, classes, called)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def sweep(self, swept: tuple[Lane, ...], replaced: bool, as_grid: bool, words: str) -> None:
        """Have these lanes instead of all, or besides; the grid shows them, or sheets."""
        self.part.put(sweeps.with_sweep(self.part.state, swept, replaced=replaced, as_grid=as_grid), tr("sweep {words}", words=words))

    def sweep_training(self, index: int | None = None) -> None:
        """Have one lane for each snapshot of a lane's run, in a grid, the last of them the reference."""
        at = self.controller.lane if index is None else index
        snapshots = self.training.snapshots(at)
        if snapshots:
            self.sweep(sweeps.over_training(self.part.recipe.lanes[at], snapshots), True, True, tr("training time"))

    def remove_lane(self, index: int) -> None:
        """Take a lane away."""
        title = self.titles[index]
        self.part.put(lane_edits.remove_lane(self.part.state, index), tr("remove {title}", title=title))

    def change_checkpoint(self, index: int, entry: LibraryEntry) -> None:
        """Another network in a lane, which keeps all that can be of it."""
        state = replacing.change_checkpoint(self.part.state, index, entry, self.entries())
        self.part.put(state, tr("change checkpoint to {checkpoint_name}", checkpoint_name=checkpoint_name(state.recipe.lanes[index])))

    def change_to_exact(self, index: int, opened: DataSetOpened) -> None:
        """The exact process of a data set in a lane, which keeps all that can be of it; one more lane if that one is gone meanwhile."""
        if index >= len(self.part.recipe.lanes):
            self.add_exact(opened)
        else:
            self.part.put(replacing.change_data_set(self.part.state, index, opened, self.entries()), change_label(opened))

    def _compare_options(self) -> None:
        self.exact_lanes.compare_options()
        self.lane_actions["through"].setChecked(is_through_options(self.part.state))

    def add_exact(self, opened: DataSetOpened) -> None:
        """One more lane, of a data set."""
        self.exact_lanes.add(opened)
        self.lanes_row.reveal(len(self.part.recipe.lanes) - 1)

    # --- opening ---

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes one more lane, with the sampler of the last."""
        state = self.part.state
        if not self.is_ddpm(entry) or len(state.recipe.lanes) >= MAX_LANES:
            return False
        more = lane_edits.add_entry(state, entry, self.usual_sampler, self.context.library.entries)
        self.part.put(more, tr("add {checkpoint_name}", checkpoint_name=checkpoint_name(more.recipe.lanes[-1])))
        self.lanes_row.reveal(len(state.recipe.lanes))
        return True

    def take_file(self, entry: LibraryEntry, lane: int | None) -> None:
        """A file that the person chose: for a new lane, or for one that is there."""
        if lane is None or lane >= len(self.part.recipe.lanes):
            self.accept_entry(entry)
        elif self.is_ddpm(entry):
            self.change_checkpoint(lane, entry)

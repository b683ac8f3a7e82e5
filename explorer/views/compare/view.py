"""The Compare workspace."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from explorer.engine.messages import LibraryEntry
from explorer.recipe import MAX_LANES
from explorer.state.session import ChainState
from explorer.views.chain import edits
from explorer.views.chain.figures import DISTANCE_PLOTS, PLOTS
from explorer.views.chain.labels import LABELS, QUANTITY_SEGMENTS, checkpoint_name, lane_titles, short_titles
from explorer.views.chain.page import ChainPage
from explorer.views.chain.lane_menu import SamplerFields, add_checkpoints, verb
from explorer.views.compare.lanes_row import LanesRow
from explorer.views.workspace import Context
from explorer.widgets.lane_panel import HEADER, LanePanel
from explorer.widgets.segments import Segment
from explorer.widgets.style import mark

MARGIN = 12
SPACING = 8
MIN_PLOT = 132
DIFFERENCE = Segment("difference", "difference", "How far each lane is from the reference lane  (6)")
OF_CHOICES = ("x_t", "x0_hat", "eps_hat", "mean")


class CompareWorkspace(ChainPage):
    """Lanes side by side from the same x_T and the same z_t."""

    workspace_name = "compare"
    title = "Compare"
    icon_name = "mdi6.view-column-outline"
    tooltip = "Compare: several models or samplers side by side, from the same noise"
    menu_title = "&Chain"
    part_name = "compare"
    plots = (*PLOTS, *DISTANCE_PLOTS)
    segments = (*QUANTITY_SEGMENTS, DIFFERENCE)
    equation_layout = "row"
    several_lanes = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._lanes = LanesRow(context.theme, self.connect_panel)
        self._wanted: dict[str, int | None] = {}
        super().__init__(context, parent)
        context.library.opened.connect(self._file_opened)

    @property
    def panels(self) -> Sequence[LanePanel]:
        """One for each lane."""
        return self._lanes.panels

    # --- layout ---

    def lay_out(self) -> None:
        """Lanes above, equation, curves, film strip and timeline below."""
        self._of_button = QPushButton()
        self._of_button.setToolTip("Which quantity the difference is of, and to which lane")
        self._of_button.setMenu(QMenu(self._of_button))
        self._of_button.menu().aboutToShow.connect(self._fill_difference_menu)
        self._add_button = QPushButton("+ Add lane")
        self._add_button.setToolTip("One more lane, from the same noise")
        self._add_button.setMenu(QMenu(self._add_button))
        self._add_button.menu().aboutToShow.connect(self._fill_add_menu)
        for button in (self._of_button, self._add_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._noise = QLabel()
        mark(self._noise, "muted")
        self._empty = QLabel("No lanes yet.\nAdd one with “+ Add lane”, or drop .safetensors files here.")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark(self._empty, "muted")
        self._upper = QWidget()
        self._stack = QStackedLayout(self._upper)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._lanes)
        self._stack.addWidget(self._empty)
        self._equation_card, self._film_card = self.on_card(self.equation), self.on_card(self.film)
        bar = self.toolbar(self._noise, self._add_button)
        bar.insertWidget(1, self._of_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(bar)
        column.addWidget(self._upper)
        column.addWidget(self._equation_card)
        column.addWidget(self.plot, 1)
        column.addWidget(self._film_card)
        column.addWidget(self.transport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between lanes and curves."""
        self._fit()

    def _fit(self) -> None:
        width = self.width() - 2 * MARGIN
        self.film.set_side(84 if self.height() >= 960 else 56)
        fixed = (
            self.quantities.sizeHint().height() + self.equation.sizeHint().height() + self.film.height()
            + self.transport.sizeHint().height() + MARGIN + 6 * SPACING
        )  # fmt: skip
        free = self.height() - fixed
        self._upper.setFixedHeight(max(HEADER + 120, self._lanes.height_for(width, free - MIN_PLOT)))

    # --- what is shown ---

    def show_lanes(self) -> None:
        """Have a panel for each lane, its menu made when it is opened."""
        lanes = self.part.recipe.lanes
        before = len(self._lanes.panels)
        self._lanes.set_count(len(lanes))
        for panel in self._lanes.panels[before:]:
            menu = QMenu(panel)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(lambda panel=panel, menu=menu: self._fill_lane_menu(menu, self._lanes.panels.index(panel)))
            panel.set_menu(menu)
            panel.menu_button.installEventFilter(self._keeper) if hasattr(self, "_keeper") else None
        self._stack.setCurrentIndex(0 if lanes else 1)
        self._add_button.setEnabled(len(lanes) < MAX_LANES)
        self._noise.setText(f"same noise · seed {self.part.recipe.seed}" if len(lanes) > 1 else "")
        if lanes:
            name = short_titles(lanes)[self.controller.reference]
            state = self.part.state
            self.quantities.set_label("difference", f"difference to {name}", f"{LABELS[state.difference_of]} of each lane minus that of {lane_titles(lanes)[self.controller.reference]}  (6)")
            self._of_button.setText(f"of {LABELS[state.difference_of]}")
            self.plot.plots.set_label("distance x_t", f"distance xₜ to {name}")
            self.plot.plots.set_label("distance x0_hat", f"distance x̂₀ to {name}")
        self._of_button.setVisible(self.part.state.quantity == "difference")
        if before != len(lanes):
            self._fit()

    def empty_note(self) -> str:
        """What the equation says before there is a step."""
        return "the equation of each step appears here once lanes are sampled"

    # --- menus ---

    def _entries(self) -> tuple[LibraryEntry, ...]:
        return self.context.library.of_kind("ddpm")

    def _fill_add_menu(self) -> None:
        menu = self._add_button.menu()
        menu.clear()
        add_checkpoints(menu, self._entries(), self.accept_entry, lambda: self._open_file(None))

    def _fill_difference_menu(self) -> None:
        menu, state = self._of_button.menu(), self.part.state
        menu.clear()
        for name in OF_CHOICES:
            action = verb(menu, f"of {LABELS[name]}", lambda name=name: self.part.update(difference_of=name))
            action.setCheckable(True)
            action.setChecked(name == state.difference_of)
        menu.addSeparator()
        for index, title in enumerate(lane_titles(state.recipe.lanes)):
            action = verb(menu, f"to {title}", lambda index=index: self.part.update(reference=index))
            action.setCheckable(True)
            action.setChecked(index == self.controller.reference)

    def _fill_lane_menu(self, menu: QMenu, index: int) -> None:
        menu.clear()
        lanes = self.part.recipe.lanes
        lane = lanes[index]
        change = menu.addMenu("Change checkpoint")
        add_checkpoints(change, self._entries(), lambda entry: self._change(index, entry), lambda: self._open_file(index), lane.checkpoint)
        menu.addSection("Sampler")
        length, _ = self._schedule_of(lane)
        menu.addAction(SamplerFields(lane.sampler, length, lambda label, fields: self.set_sampler(label, index, **fields), menu))
        menu.addSeparator()
        title = lane_titles(lanes)[index]
        verb(menu, "Move left", lambda: self._put(edits.move_lane(self.part.state, index, -1), f"move {title} left"), index > 0)
        verb(menu, "Move right", lambda: self._put(edits.move_lane(self.part.state, index, 1), f"move {title} right"), index < len(lanes) - 1)
        verb(menu, "Make reference", lambda: self.part.update(reference=index), index != self.controller.reference)
        verb(menu, "Duplicate", lambda: self._put(edits.add_lane(self.part.state, lane, index + 1), f"duplicate {title}"), len(lanes) < MAX_LANES)
        menu.addSeparator()
        verb(menu, "Remove", lambda: self._put(edits.remove_lane(self.part.state, index), f"remove {title}"))

    def _put(self, state: ChainState, label: str) -> None:
        self.part.put(state, label)

    def _change(self, index: int, entry: LibraryEntry) -> None:
        state = self.part.state
        lane = edits.lane_of(entry, state.recipe.lanes[index].sampler)
        self.part.put(edits.set_lane(state, index, lane), f"change checkpoint to {checkpoint_name(lane)}")

    # --- opening ---

    def accept_entry(self, entry: LibraryEntry) -> bool:
        """A DDPM becomes one more lane, with the sampler of the last."""
        state = self.part.state
        if not self.entry_is_ddpm(entry) or len(state.recipe.lanes) >= MAX_LANES:
            return False
        lanes = state.recipe.lanes
        lane = edits.lane_of(entry, lanes[-1].sampler if lanes else None)
        self.part.put(edits.add_lane(state, lane), f"add {checkpoint_name(lane)}")
        self._lanes.reveal(len(lanes))
        return True

    def _open_file(self, index: int | None) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a checkpoint", "", "Checkpoints (*.safetensors)")
        if path:
            self._wanted[os.path.abspath(path)] = index
            self.context.library.open(path)

    def _file_opened(self, entry: LibraryEntry) -> None:
        path = os.path.abspath(entry.path)
        if path not in self._wanted:
            return
        index = self._wanted.pop(path)
        if index is None or index >= len(self.part.recipe.lanes):
            self.accept_entry(entry)
        elif self.entry_is_ddpm(entry):
            self._change(index, entry)

"""Compare's menus: of a lane, of one more, and of what differences are of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QMenu

from explorer.engine.chain.data_set.messages import DataSetOpened
from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES
from explorer.recipe.quantities import QUANTITIES, own
from explorer.state.edits import lanes as lane_edits
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.chain.page import ChainPage
from explorer.views.compare.actions import OVER_TIP, SWEEP_TIP
from explorer.views.shared.labels import lane_titles
from explorer.views.shared.lane_menu import SamplerFields, add_checkpoints, verb
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.menus import emptied
from explorer.widgets.look.language import tr

NO_SNAPSHOTS = tr("There is no other snapshot of this checkpoint's run here")


class Verbs(Protocol):
    """What can be done to the lanes."""

    lane_actions: Actions

    @property
    def panels(self) -> Sequence[LanePanel]:
        """One for each lane."""

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Checkpoints that can be a lane."""

    def add_exact(self, opened: DataSetOpened) -> None:
        """One more lane, of a data set."""

    def change_checkpoint(self, index: int, entry: LibraryEntry) -> None:
        """Another network in a lane."""

    def change_to_exact(self, index: int, opened: DataSetOpened) -> None:
        """The exact process of a data set in a lane."""

    def move_lane(self, index: int, by: int) -> None:
        """Move a lane to the left (-1) or to the right (1)."""

    def duplicate_lane(self, index: int) -> None:
        """Have a lane twice."""

    def ask_sweep(self, index: int | None = None) -> None:
        """Have a lane many times, or the one in front."""

    def sweep_training(self, index: int | None = None) -> None:
        """Have a lane for each snapshot of its run."""

    def reset_lane(self, index: int) -> None:
        """A lane as its checkpoint makes it."""

    def remove_lane(self, index: int) -> None:
        """Take a lane away."""


class CompareMenus:
    """Filled when they are opened; what is chosen is done by the workspace.

    Parameters
    ----------
    page : ChainPage
        Whose lanes they are.
    verbs : Verbs
        What Compare can do to them beyond what every such page can.
    """

    def __init__(self, page: ChainPage, verbs: Verbs) -> None:
        self._page, self._verbs = page, verbs

    def fill_add(self, menu: QMenu) -> None:
        """What can be a lane more."""
        page, verbs = self._page, self._verbs
        emptied(menu)
        add_checkpoints(menu, verbs.entries(), page.accept_entry, page.opener, None)
        page.exact_lanes.fill_menu(menu, verbs.add_exact)
        menu.addSeparator()
        menu.addAction(verbs.lane_actions["through"])
        verb(menu, tr("Sweep…"), verbs.ask_sweep, bool(page.part.recipe.lanes), SWEEP_TIP)

    def fill_difference(self, menu: QMenu) -> None:
        """Of which quantity the difference is, and to which lane."""
        page = self._page
        state = page.part.state
        emptied(menu)
        for name in (name for name in own() if not QUANTITIES[name].same):
            action = verb(menu, tr("of {label}", label=tr(QUANTITIES[name].label)), partial(page.part.update, difference_of=name))
            action.setCheckable(True)
            action.setChecked(name == state.difference_of)
        menu.addSeparator()
        for index, title in enumerate(lane_titles(state.recipe.lanes, page.controller.called)):
            action = verb(menu, tr("to {title}", title=title), partial(page.part.update, reference=index))
            action.setCheckable(True)
            action.setChecked(index == page.controller.reference)

    def fill_lane(self, panel: LanePanel) -> None:
        """What can be done to a lane, its sampler included."""
        page, verbs = self._page, self._verbs
        menu, index = panel.menu_button.menu(), verbs.panels.index(panel)
        emptied(menu)
        lanes = page.part.recipe.lanes
        lane = lanes[index]
        change = menu.addMenu(tr("Change checkpoint"))
        add_checkpoints(change, verbs.entries(), lambda entry: verbs.change_checkpoint(index, entry), page.opener, index, lane.checkpoint)
        page.exact_lanes.fill_menu(change, partial(verbs.change_to_exact, index))
        page.exact_lanes.fill_lane_menu(menu, index)
        menu.addSection(tr("Sampler"))
        length, _ = page.controller.schedule_of(lane)
        reschedule = partial(page.set_schedule, index=index)
        fields = SamplerFields(
            lane.sampler, length, lambda label, fields: page.set_sampler(label, index, **fields), menu, lane.schedule, reschedule,
            page.controller.learned_variance_of(lane),
        )  # fmt: skip
        menu.addAction(fields)
        menu.addSeparator()
        title = lane_titles(lanes, page.controller.called)[index]
        verb(menu, tr("Move left"), partial(verbs.move_lane, index, -1), index > 0)
        verb(menu, tr("Move right"), partial(verbs.move_lane, index, 1), index < len(lanes) - 1)
        other = index != page.controller.reference
        verb(menu, tr("Make reference"), partial(page.part.update, reference=index), other, tr("Differences refer to {title}", title=title))
        verb(
            menu,
            tr("Duplicate"),
            partial(verbs.duplicate_lane, index),
            len(lanes) < MAX_LANES,
            tr("The same lane again, to change its sampler"),
        )
        verb(menu, tr("Sweep…"), partial(verbs.ask_sweep, index), True, tr("This lane many times, each with another value of one setting"))
        trained = bool(page.training.snapshots(index))
        verb(menu, tr("Over training time"), partial(verbs.sweep_training, index), trained, OVER_TIP if trained else NO_SNAPSHOTS)
        page.noise_check.fill_menu(menu, lanes, index)
        plain = lane_edits.plain(lane, page.context.library.find(lane.checkpoint)) != lane
        verb(menu, tr("Reset"), partial(verbs.reset_lane, index), plain, tr("All steps, as its author samples, own schedule, shared seed"))
        menu.addSeparator()
        verb(menu, tr("Remove"), partial(verbs.remove_lane, index))

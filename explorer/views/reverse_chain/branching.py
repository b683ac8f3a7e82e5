"""Branches in Reverse chain: what can be done at a step, and the parts that do it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget, QWidgetAction

from explorer.engine.thread.messages import Failed
from explorer.recipe import Change, Edit, FreshNoise
from explorer.state.edits import branches as trees
from explorer.state.edits.words import LAST_STEP, NO_ETA, edit_words, why_no_noise
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.actions import GROUPS
from explorer.views.reverse_chain.back_up_panel import BackUpPanel
from explorer.views.reverse_chain.backing_up import BackingUp
from explorer.views.reverse_chain.branch_bar import BranchBar
from explorer.views.reverse_chain.paint_panel import PaintPanel
from explorer.views.reverse_chain.painting import Painting
from explorer.views.reverse_chain.panels import Panels
from explorer.views.reverse_chain.tree_control import TreeControl
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.questions import Questions
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.number_fields import FloatField
from explorer.widgets.controls.timeline import Timeline

WHAT_THEN = {LAST_STEP: "go to a larger t", NO_ETA: "raise η with Change first"}


class Branching(QObject):
    """The branch bar, the panels over the samples, and what they do.

    Attributes
    ----------
    bar : BranchBar
    paint : PaintPanel
    back_up : BackUpPanel
    actions : Actions
    tree : TreeControl
    painting : Painting
    backing_up : BackingUp

    Signals
    -------
    told(object)
        A Failed for the window's banner.
    noticed(str, str)
        As of the tree.
    """

    told = Signal(object)
    noticed = Signal(str, str)

    def __init__(self, controller: ChainController, timeline: Timeline, owner: QWidget) -> None:
        super().__init__(owner)
        self._controller, self._part = controller, controller.part
        self._context = controller.context
        theme = self._context.theme
        self.actions = Actions(theme, owner, GROUPS, prefix="branch-")
        self.bar = BranchBar(theme, self.actions, timeline)
        self.paint, self.back_up = PaintPanel(theme), BackUpPanel(theme)
        self._panels = Panels(owner, self.paint, self.back_up)
        self._questions = Questions(self._context.client, f"{self._part.name}.branches", self)
        self.tree = TreeControl(self.bar, controller, self._questions, self)
        self.painting = Painting(self.paint, self._panels, controller, self._questions, self.branch, self.told.emit, self)
        self.backing_up = BackingUp(
            self.back_up, self.bar.survival, self._panels, controller, self._questions, self.tree.own_tile, self.branch, self.told.emit,
            owner,
        )  # fmt: skip
        self.tree.told.connect(self.told)
        self.tree.noticed.connect(self.noticed)
        self.tree.asked.connect(self.backing_up.ask)
        self._connect()

    # --- for the page ---

    def over(self, widget: QWidget) -> QWidget:
        """The widget and the panels in one place: a panel is in front while it is open."""
        return self._panels.over(widget)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle and self.tree.idle

    @property
    def open_panel(self) -> QWidget | None:
        """The panel in front, if any."""
        return self._panels.open

    def close(self) -> None:
        """Close the panel in front."""
        self._panels.close()

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self.tree.set_active(active)
        if not active:
            self._questions.drop()

    def show_state(self) -> None:
        """Show all of the state."""
        self.tree.show_state()
        branch = self.tree.current > 0
        for name in ("compare", "parent", "delete"):
            self.actions[name].setEnabled(branch)
        self.bar.compare.setVisible(branch)
        self.show_cursor()
        self.backing_up.show_state()

    def show_cursor(self) -> None:
        """What can be done at this t."""
        t, has_lane = self._state.t, bool(self._state.recipe.lanes)
        self.bar.title.setText(f"Branch at t = {t}")
        self.bar.tree.set_cursor(t)
        for name in ("fresh", "again", "paint", "erase"):
            self.actions[name].setEnabled(has_lane and t > 0)
        self.bar.change.setEnabled(has_lane and t > 0)
        for name in ("back_up", "paste", "add"):
            self.actions[name].setEnabled(has_lane)

    # --- wiring ---

    def _connect(self) -> None:
        self._controller.state_changed.connect(self._state_changed)
        self._controller.planned.connect(self.show_state)
        self._context.theme.changed.connect(lambda _t: self.show_state())
        tree = self.tree
        slots: dict[str, Callable[[], object]] = {
            "fresh": self.draw_fresh,
            "again": self.draw_again,
            "paint": partial(self.painting.open, False),
            "erase": partial(self.painting.open, True),
            "back_up": self.backing_up.open,
            "paste": self.backing_up.paste,
            "compare": tree.compare,
            "add": tree.add_to_compare,
            "parent": tree.show_parent,
            "delete": tree.delete,
        }
        for name, slot in slots.items():
            self.actions.on(name, slot)
        self.bar.change.menu().aboutToShow.connect(self._fill_change)

    @property
    def _state(self) -> ChainState:
        return self._part.state

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        if before.recipe != after.recipe:
            self.show_state()
        if before.t != after.t:
            self.show_cursor()
        selection = (before.recipe, before.selected) != (after.recipe, after.selected)
        if selection:
            self.tree.ask()
        if selection or before.t != after.t:
            self.painting.follow(before.recipe != after.recipe)

    # --- gestures ---

    def branch(self, edit: Edit) -> bool:
        """Go on from here with an edit; False if it cannot be."""
        if not self._state.recipe.lanes:
            return False
        try:
            state = trees.with_branch(self._state, edit)
        except ValueError as error:
            self.told.emit(Failed(str(error)))
            return False
        self.close()
        self._controller.following = True  # see where it leads
        self._part.put(state, f"branch: {edit_words(edit)}")
        return True

    def draw_fresh(self) -> None:
        """Another z from here down."""
        key = self._controller.key
        plan = self._controller.run.plans.get(key) if key is not None else None
        why = why_no_noise(plan.key.lane, plan.timesteps.tolist(), self._state.t) if plan is not None else ""
        if why:
            self.told.emit(Failed(f"{why}: other noise would change nothing; {WHAT_THEN[why]}"))
            return
        self.branch(trees.fresh_noise(self._state))

    def draw_again(self) -> None:
        """The chain's own z from here down."""
        self.branch(FreshNoise(self._state.t, 0))

    def change(self, **fields: object) -> None:
        """Another sampler or network from here down."""
        self.branch(Change(self._state.t, **fields))  # type: ignore[arg-type]

    def _fill_change(self) -> None:
        menu = self.bar.change.menu()
        menu.clear()
        menu.addSection(f"From t = {self._state.t} on")
        for eta, words in ((0.0, "deterministic"), (0.5, "half the noise"), (1.0, "ancestral")):
            verb(menu, f"η = {eta:g}\t{words}", partial(self.change, eta=eta))
        menu.addAction(eta_entry(menu, lambda eta: self.change(eta=eta)))
        menu.addSeparator()
        verb(menu, "Clip x̂₀ to [−1, 1]", partial(self.change, clip=True))
        verb(menu, "Do not clip x̂₀", partial(self.change, clip=False))
        menu.addSection("Go on with another model")
        lane = self._state.recipe.lanes[0]
        for entry in self._context.library.of_kind("ddpm"):
            option = entry.card.option if entry.card is not None else None
            change = partial(self.change, checkpoint=entry.sha256, source=entry.path, option=option)
            verb(menu, f"{entry.name}\tOption {option}", change, entry.sha256 != lane.checkpoint or bool(lane.edits), entry.path)


def eta_entry(menu: QMenu, take: Callable[[float], object]) -> QWidgetAction:
    """Any η, as an entry of a menu: a field and a button."""
    entry, box = QWidgetAction(menu), QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(12, 4, 12, 4)
    row.setSpacing(8)
    field = FloatField(0.0, 1.0, 0.1, "Eta from here", "η from here on: 1 is ancestral sampling, 0 is deterministic DDIM")
    field.show_value(0.2)
    go = QPushButton("Go on")
    go.setToolTip("Branch with this η")
    go.setAccessibleName("Go on with this eta")
    for widget in (QLabel("η ="), field, go):
        row.addWidget(widget)

    def taken() -> None:
        menu.close()
        take(round(field.value(), 4))

    go.clicked.connect(taken)
    entry.setDefaultWidget(box)
    return entry

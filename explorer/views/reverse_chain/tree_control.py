"""The tree of branches beside the timeline: what it shows, and what can be done to a branch."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from explorer.engine.chain.branching.messages import ShowTree, TreeShown
from explorer.engine.chain.messages import LaneKey, lane_key
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Change, Lane
from explorer.state.edits import branches as trees
from explorer.state.edits.branches import Node
from explorer.state.edits.words import edits_words
from explorer.state.session import ChainState, Session
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain.branch_bar import BranchBar
from explorer.views.reverse_chain.branch_tree import TreeRow
from explorer.views.shared.labels import option_name
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.questions import Questions
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import OPTION_COLOURS

TREE_EVERY = 0.4
"""Seconds between two pictures of the tree while sampling."""


GAVE_WAY = "Lanes side by side start from the same noise. Undo brings them back."


class TreeControl(QObject):
    """Between the tree, the session and the engine.

    Signals
    -------
    asked()
        The tree's pictures are asked for: what goes with them may be, too.
    told(object)
        A Failed for the window's banner.
    noticed(str, str)
        What else there is to tell, and a hint.
    """

    asked = Signal()
    told = Signal(object)
    noticed = Signal(str, str)

    def __init__(self, bar: BranchBar, controller: ChainController, questions: Questions, parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._controller, self._questions = bar, controller, questions
        self._part, self._store = controller.part, controller.context.store
        self._rows: tuple[Node, ...] = ()
        self._active = False
        self._asked = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.ask)
        controller.progressed.connect(self._progressed)
        bar.tree.chosen.connect(self.choose)
        bar.tree.delete_wanted.connect(self.delete)
        bar.tree.renamed.connect(self.rename)
        bar.tree.menu_wanted.connect(self._show_menu)

    @property
    def _state(self) -> ChainState:
        return self._part.state

    @property
    def idle(self) -> bool:
        """Whether nothing is to be asked for soon."""
        return not self._timer.isActive()

    @property
    def rows(self) -> tuple[Node, ...]:
        """The tree shown."""
        return self._rows

    @property
    def current(self) -> int:
        """Row of the shown lane; -1 without lanes."""
        lanes = self._state.recipe.lanes
        return next((i for i, node in enumerate(self._rows) if lanes and node.lane == lanes[0]), -1)

    def own_tile(self) -> QImage | None:
        """The finished picture of the shown lane, once it is there."""
        found = self._bar.tree.tiles.get(max(0, self.current))
        return found[0] if found is not None and found[1] == 0 else None

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self.ask()
        else:
            self._timer.stop()

    def show_state(self) -> None:
        """Show the tree that the shown lane is in."""
        recipe = self._state.recipe
        self._rows = trees.rows_of(recipe)
        depth = [0] * len(self._rows)
        rows = []
        for index, node in enumerate(self._rows):
            depth[index] = depth[node.parent] + 1 if node.parent >= 0 else 0
            t = self._controller.T if node.t is None else min(node.t, self._controller.T)
            label = option_name(node.lane) if node.parent < 0 else node.label
            tip = edits_words(node.lane) or "The chain that nothing was changed in"
            hint = "\nClick: show it. F2 or double-click: rename. Shift+Del: delete." if node.parent >= 0 else "\nClick: show it."
            rows.append(TreeRow(label, tip + hint, node.parent, t, depth[index], colour_of(node.lane)))
        current = self.current
        self._bar.set_range(self._controller.T)
        self._bar.tree.set_rows(rows, max(0, current))
        self._bar.show_tree_height()
        if current > 0:
            self._bar.reveal(current)

    def choose(self, row: int) -> None:
        """Show a lane of the tree."""
        node = self._rows[row]
        if node.lane != self._state.recipe.lanes[0]:
            self._part.put(trees.showing(self._state, node.lane), "show branch", "branch.show")

    def show_parent(self) -> None:
        """Show the lane that this one leaves."""
        if self.current > 0:
            self.choose(self._rows[self.current].parent)

    def delete(self, row: int | None = None) -> None:
        """Take a branch, and those that leave it, out of the tree."""
        index = self.current if row is None else row
        if index > 0:
            node = self._rows[index]
            self._part.put(trees.without(self._state, node.lane), f"delete branch {node.label}")

    def rename(self, row: int, name: str) -> None:
        """Another name for a branch."""
        if 0 < row < len(self._rows):
            self._part.put(trees.renamed(self._state, self._rows[row].lane, name), "rename branch")

    def compare(self, row: int | None = None) -> None:
        """A branch and its parent side by side, in Compare."""
        index = self.current if row is None else row
        if index <= 0:
            return
        node = self._rows[index]
        parent = self._rows[node.parent].lane
        self._into_compare("open branch in Compare", lambda other: trees.beside_parent(self._state, parent, node.lane, other), True)

    def add_to_compare(self, row: int | None = None) -> None:
        """A lane of the tree as one more lane of Compare."""
        index = self.current if row is None else row
        if index >= 0:
            lane = self._rows[index].lane
            self._into_compare("add to Compare", lambda other: trees.into_compare(self._state, other, lane), False)

    def _into_compare(self, label: str, put: Callable[[ChainState], ChainState], show: bool) -> None:
        session: Session = self._store.session
        before = session.compare
        try:
            after = put(before)
        except ValueError as error:
            self.told.emit(Failed(str(error)))
            return
        self._store.update(label, compare=after, workspace="compare" if show else session.workspace)
        lost = trees.given_up(before, after)
        if lost:
            lanes = f"its {lost} lanes" if lost > 1 else "its lane"
            self.noticed.emit(f"Compare has this chain's noise now: {lanes} of another seed or number of samples gave way", GAVE_WAY)
        elif not show:
            was = after.recipe.lanes == before.recipe.lanes
            words = f"It is lane {after.lane + 1} of Compare already" if was else f"Added to Compare as lane {after.lane + 1}"
            self.noticed.emit(words, "Choose Compare in the rail to see it beside the others.")

    def _show_menu(self, row: int, where: QPoint) -> None:
        menu = QMenu(self._bar)
        self._fill_row_menu(menu, row)
        menu.popup(where)

    def _fill_row_menu(self, menu: QMenu, row: int) -> None:
        branch = row > 0
        verb(menu, "Show", partial(self.choose, row), row != self.current)
        verb(menu, "Back to its parent", lambda: self.choose(self._rows[row].parent), branch)
        verb(menu, "Open in Compare beside its parent", partial(self.compare, row), branch)
        verb(menu, "Add to Compare", partial(self.add_to_compare, row))
        menu.addSeparator()
        verb(menu, "Rename…", partial(self._bar.tree.rename, row), branch)
        verb(menu, "Delete", partial(self.delete, row), branch, "With the branches that leave it; undo brings them back")

    # --- pictures ---

    def _progressed(self) -> None:
        if self._active and len(self._rows) > 1 and not self._timer.isActive():
            wait = self._asked + TREE_EVERY - time.monotonic()
            self._timer.start(max(0, int(wait * 1000)))

    def ask(self) -> None:
        """Ask for the tree's pictures."""
        self._timer.stop()
        recipe = self._state.recipe
        if not self._active or not self._rows:
            return
        self._asked = time.monotonic()
        keys = tuple(lane_key(node.lane, recipe) for node in self._rows)
        self._questions.ask("tree", ShowTree(keys, self._controller.sample), self._take_tree)
        self.asked.emit()

    def _take_tree(self, outcome: Outcome) -> None:
        if not isinstance(outcome, TreeShown):
            return
        recipe = self._state.recipe
        rows: dict[LaneKey, int] = {lane_key(node.lane, recipe): i for i, node in enumerate(self._rows)}
        for tile in outcome.tiles:
            if tile.key in rows:
                self._bar.tree.set_tile(rows[tile.key], to_image(tile.tile), tile.t)


def colour_of(lane: Lane) -> str:
    """Colour of the option that makes its x_0."""
    options = [edit.option for edit in lane.edits if isinstance(edit, Change) and edit.checkpoint]
    return OPTION_COLOURS[(options[-1] if options else lane.option) or "exact"]

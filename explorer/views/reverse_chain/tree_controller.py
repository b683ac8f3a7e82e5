"""The tree of branches beside the timeline: what it shows, and what can be done to a branch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.chain.branching.messages import ShowTree, TreeShown, TreeTile
from explorer.engine.chain.messages import LaneKey, lane_key
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.state.edits import branches as trees
from explorer.state.edits.branches import Node
from explorer.state.session import ChainState, Session
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions
from explorer.widgets.look.language import tr

TREE_EVERY = 0.4
"""Seconds between two pictures of the tree while sampling."""
GAVE_WAY = tr("Lanes side by side start from the same noise. Undo brings them back.")


class View(Protocol):
    """What the controller hands things to."""

    def show_tree(self, nodes: Sequence[Node], current: int, T: int) -> None:
        """The tree, the row of the shown lane, and the largest timestep."""

    def show_tile(self, row: int, tile: np.ndarray, t: int) -> None:
        """Picture (H, W, 3) of a row's newest state, at t."""


class TreeController(QObject):
    """Between the tree, the session and the engine.

    Signals
    -------
    asked()
        The tree's pictures are asked for: what goes with them may be, too.
    came()
        They are there.
    noticed(str, str)
        What there is to tell, and a hint.
    """

    asked = Signal()
    came = Signal()
    noticed = Signal(str, str)

    def __init__(self, chain: ChainController, questions: Questions, view: View, parent: QObject) -> None:
        super().__init__(parent)
        self._chain, self._questions, self._view = chain, questions, view
        self._part, self._store = chain.part, chain.context.store
        self._rows: tuple[Node, ...] = ()
        self._tiles: dict[LaneKey, TreeTile] = {}
        self._active = False
        self._asked = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.ask)
        chain.progressed.connect(self._progressed)

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

    def own_tile(self) -> np.ndarray | None:
        """The finished picture (H, W, 3) of the shown lane, once it is there."""
        key = self._chain.key
        found = self._tiles.get(key) if key is not None else None
        return found.tile if found is not None and found.t == 0 else None

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self.ask()
        else:
            self._timer.stop()

    def show_state(self) -> None:
        """Show the tree that the shown lane is in."""
        self._rows = trees.rows_of(self._state.recipe)
        self._view.show_tree(self._rows, max(0, self.current), self._chain.T)

    def choose(self, row: int) -> None:
        """Show a lane of the tree."""
        node = self._rows[row]
        if node.lane != self._state.recipe.lanes[0]:
            self._part.put(trees.showing(self._state, node.lane), tr("show branch"), "branch.show")

    def show_parent(self, row: int | None = None) -> None:
        """Show the lane that a branch leaves, the shown one if none is named."""
        index = self.current if row is None else row
        if index > 0:
            self.choose(self._rows[index].parent)

    def delete(self, row: int | None = None) -> None:
        """Take a branch, and those that leave it, out of the tree."""
        index = self.current if row is None else row
        if index > 0:
            node = self._rows[index]
            self._part.put(trees.without(self._state, node.lane), tr("delete branch {label}", label=node.label))

    def rename(self, row: int, name: str) -> None:
        """Another name for a branch."""
        if 0 < row < len(self._rows):
            self._part.put(trees.renamed(self._state, self._rows[row].lane, name), tr("rename branch"))

    def compare(self, row: int | None = None) -> None:
        """A branch and its parent side by side, in Compare."""
        index = self.current if row is None else row
        if index <= 0:
            return
        node = self._rows[index]
        parent = self._rows[node.parent].lane
        self._into_compare(tr("open branch in Compare"), lambda other: trees.beside_parent(self._state, parent, node.lane, other), True)

    def add_to_compare(self, row: int | None = None) -> None:
        """A lane of the tree as one more lane of Compare."""
        index = self.current if row is None else row
        if index >= 0:
            lane = self._rows[index].lane
            self._into_compare(tr("add to Compare"), lambda other: trees.into_compare(self._state, other, lane), False)

    def _into_compare(self, label: str, put: Callable[[ChainState], ChainState], show: bool) -> None:
        session: Session = self._store.session
        before = session.compare
        try:
            after = put(before)
        except ValueError as error:
            self._chain.context.client.failed.emit(Failed(str(error)))
            return
        self._store.update(label, compare=after, workspace="compare" if show else session.workspace)
        lost = trees.given_up(before, after)
        if lost:
            lanes = tr("its {lost} lanes", lost=lost) if lost > 1 else tr("its lane")
            self.noticed.emit(
                tr("Compare has this chain's noise now: {lanes} of another seed or number of samples gave way", lanes=lanes), GAVE_WAY
            )
        elif not show:
            was = after.recipe.lanes == before.recipe.lanes
            words = (
                tr("It is lane {lane} of Compare already", lane=after.lane + 1)
                if was
                else tr("Added to Compare as lane {lane}", lane=after.lane + 1)
            )
            self.noticed.emit(words, tr("Choose Compare in the rail to see it beside the others."))

    # --- pictures ---

    def _progressed(self) -> None:
        shown = len(self._rows) > 1 or not self._chain.run.sampling  # a lane without branches has its picture in Noise again alone
        if self._active and shown and not self._timer.isActive():
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
        self._questions.ask("tree", ShowTree(keys, self._chain.sample), self._take_tree)
        self.asked.emit()

    def _take_tree(self, outcome: Outcome) -> None:
        if not isinstance(outcome, TreeShown):
            return
        rows = {lane_key(node.lane, self._state.recipe): i for i, node in enumerate(self._rows)}
        self._tiles = {tile.key: tile for tile in outcome.tiles}
        for tile in outcome.tiles:
            if tile.key in rows:
                self._view.show_tile(rows[tile.key], tile.tile, tile.t)
        self.came.emit()

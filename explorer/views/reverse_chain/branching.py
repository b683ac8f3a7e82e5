"""Branches in Reverse chain: what can be done at a step, and what follows from it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject

from explorer.engine.thread.messages import Failed
from explorer.recipe import Edit
from explorer.state.edits import branches as edits
from explorer.state.edits.words import LAST_STEP, NO_ETA, edit_words, why_no_noise
from explorer.state.session import ChainState
from explorer.views.chain.controller import ChainController
from explorer.views.reverse_chain import backing_up, painting, survival, tree_controller
from explorer.views.shared.questions import Questions
from explorer.widgets.look.language import tr

WHAT_THEN = {LAST_STEP: tr("go to a larger t"), NO_ETA: tr("raise η with Change first")}


class Bar(tree_controller.View, survival.View, Protocol):
    """What the tree and what survives are handed to."""


class View(Protocol):
    """What the controller hands things to."""

    @property
    def bar(self) -> Bar:
        """The tree, and what survives."""
        ...

    @property
    def paint(self) -> painting.View:
        """Where one paints and erases."""
        ...

    @property
    def back_up(self) -> backing_up.View:
        """What is noised again."""
        ...

    def show_cursor(self, t: int, has_lane: bool, has_network: bool) -> None:
        """What can be done at this t."""

    def show_branch(self, is_branch: bool) -> None:
        """Whether a branch is shown, or the chain that nothing was changed in."""

    def put_away(self) -> None:
        """Without the panel in front."""


class Branching(QObject):
    """Between the session and what shows branches.

    Attributes
    ----------
    tree : TreeController
    painting : Painting
    backing_up : BackingUp
    """

    def __init__(self, chain: ChainController, view: View, parent: QObject) -> None:
        super().__init__(parent)
        self._chain, self._part, self._view = chain, chain.part, view
        self._questions = questions = Questions(chain.context.client, f"{self._part.name}.branches", self)
        self.tree = tree_controller.TreeController(chain, questions, view.bar, self)
        self.painting = painting.Painting(chain, questions, view.paint, self.branch, self)
        self.backing_up = backing_up.BackingUp(chain, questions, view.back_up, self.tree.own_tile, self.branch, self)
        self._survival = survival.Survival(chain, questions, view.bar)
        self.tree.asked.connect(self._survival.ask)
        self.tree.came.connect(self.backing_up.own_came)
        chain.state_changed.connect(self._state_changed)
        chain.planned.connect(self.show_state)
        chain.context.client.renewed.connect(questions.drop)
        chain.context.theme.changed.connect(lambda _t: self.show_state())

    @property
    def _state(self) -> ChainState:
        return self._part.state

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle and self.tree.idle

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self.tree.set_active(active)
        if not active:
            self._questions.drop()

    def show_state(self) -> None:
        """Show all of the state."""
        self.tree.show_state()
        self._view.show_branch(self.tree.current > 0)
        self._show_cursor()
        self._survival.show_state()

    def _show_cursor(self) -> None:
        self._view.show_cursor(self._state.t, bool(self._state.recipe.lanes), not self._chain.is_lost)

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        if before.recipe != after.recipe:
            self.show_state()
        if before.t != after.t:
            self._show_cursor()
        selection = (before.recipe, before.selected) != (after.recipe, after.selected)
        if selection:
            self.tree.ask()
        if selection or before.t != after.t:
            self.painting.follow(before.recipe != after.recipe)

    # --- what is done at a step

    def branch(self, edit: Edit) -> bool:
        """Go on from here with an edit; False if it cannot be."""
        if not self._state.recipe.lanes:
            return False
        try:
            state = edits.with_branch(self._state, edit)
        except ValueError as error:
            self._tell(str(error))
            return False
        self._view.put_away()
        self._chain.following = True  # see where it leads
        self._part.put(state, tr("branch: {edit_words}", edit_words=edit_words(edit)))
        return True

    def draw_fresh(self) -> None:
        """Another z from here down."""
        key = self._chain.key
        plan = self._chain.run.plans.get(key) if key is not None else None
        why = why_no_noise(plan.key.lane, plan.timesteps.tolist(), self._state.t) if plan is not None else ""
        if why:
            self._tell(tr("{why}: other noise would change nothing; {what_then}", why=why, what_then=WHAT_THEN[why]))
            return
        self.branch(edits.fresh_noise(self._state))

    def draw_again(self) -> None:
        """The chain's own z from here down."""
        self.branch(edits.own_noise(self._state))

    def change(self, **fields: object) -> None:
        """Another sampler or network from here down."""
        self.branch(edits.changed(self._state, **fields))

    def _tell(self, message: str) -> None:
        self._chain.context.client.failed.emit(Failed(message))

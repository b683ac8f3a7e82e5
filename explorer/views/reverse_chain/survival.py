"""How much survives of the image that a lane's branch noised again."""

from __future__ import annotations

from typing import Protocol

from explorer.engine.chain.branching.messages import ShowSurvival, SurvivalShown
from explorer.engine.thread.requests import Outcome
from explorer.recipe import BackUp
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions


class View(Protocol):
    """What it is handed to."""

    def show_survival(self, shown: SurvivalShown | None, t: int = 0) -> None:
        """What survives of what was noised to t; None where nothing was."""


class Survival:
    """Asks for it when it is told to: with the pictures of the tree."""

    def __init__(self, chain: ChainController, questions: Questions, view: View) -> None:
        self._chain, self._questions, self._view = chain, questions, view

    @property
    def _edit(self) -> BackUp | None:
        """The last noising again of the shown lane."""
        lanes = self._chain.state.recipe.lanes
        return next((edit for edit in reversed(lanes[0].edits if lanes else ()) if isinstance(edit, BackUp)), None)

    def show_state(self) -> None:
        """Nothing survives of what was not noised again."""
        if self._edit is None:
            self._view.show_survival(None)

    def ask(self) -> None:
        """Ask, as far as the lane has come."""
        key = self._chain.key
        if key is not None and self._edit is not None and self._chain.run.done.get(key, 0) > 0:
            self._questions.ask("survival", ShowSurvival(key, self._chain.sample), self._take)

    def _take(self, outcome: Outcome) -> None:
        edit = self._edit
        if isinstance(outcome, SurvivalShown) and outcome.key == self._chain.key and edit is not None:
            self._view.show_survival(outcome, edit.t)

"""Random codes on a plane: samples of the prior, or draws from the posterior of what is encoded."""

from __future__ import annotations

from explorer.engine.latent.messages import CodesDrawn, DrawCodes
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome
from explorer.recipe import DRAWN, Slice
from explorer.state.edits.latent import strip_of
from explorer.state.session import LatentState
from explorer.views.latent.plane_view import View
from explorer.views.latent.questions import encoding
from explorer.views.shared.questions import Questions, When


class Draws:
    """Asks for what the strip shows."""

    def __init__(self, questions: Questions, view: View) -> None:
        self._questions, self._view = questions, view
        self._path = ""

    def clear(self) -> None:
        """Another model: nothing is known of it."""
        self._view.show_draws(None)

    def ask(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> None:
        """Ask for the draws that are shown."""
        self._path = entry.path
        payload = self._wanted(entry, slice_, state)
        if payload is not None:
            self._questions.ask("draws", payload, self._take, When.AT_ONCE, once=True)
        elif self._questions.asked("draws") is not None:
            self._questions.forget("draws")
            self._view.show_draws(None)

    def _wanted(self, entry: LibraryEntry, slice_: Slice | None, state: LatentState) -> DrawCodes | None:
        prior = state.recipe.prior
        strip = strip_of(state)
        if strip == "samples" and prior is not None:
            return DrawCodes(entry.path, prior.count, prior.seed, slice=slice_)
        encoded = encoding.wanted(state, entry.path, slice_)
        seed = state.recipe.encoded.draws
        if strip == "posterior" and encoded is not None and seed is not None:
            return DrawCodes(entry.path, DRAWN, seed, encoded, slice_)
        return None

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesDrawn) and outcome.path == self._path:
            self._view.show_draws(outcome)

"""Reverse chains over a plane, and the scores at the cursor: asked for while the strip shows chains."""

from __future__ import annotations

from explorer.engine.latent.chain_messages import CodesWalked, ScoresShown, ShowScores, WalkCodes
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.thread.requests import Outcome
from explorer.latent.plane import Extent, covers, grid_over
from explorer.recipe import Slice
from explorer.state.edits.latent import strip_of
from explorer.state.session import LatentState
from explorer.views.latent.plane_view import View
from explorer.views.shared.questions import Questions, When

ARROW_CELL = 34.0
"""Least distance of two arrows, in pixels."""
MARGIN = 1


class Chains:
    """Asks for the chains that are shown, and for arrows where the view or the cursor has left what was asked for."""

    def __init__(self, questions: Questions, view: View) -> None:
        self._questions, self._view = questions, view
        self._path = ""
        self._shown: tuple[LibraryEntry, LibraryEntry, Slice | None, LatentState] | None = None
        self.walked: CodesWalked | None = None

    def clear(self) -> None:
        """Another model: nothing is known of it."""
        self.walked = self._shown = None
        self._view.show_chains(None)
        self._view.show_scores(None)

    def ask(self, entry: LibraryEntry, ddpm: LibraryEntry | None, slice_: Slice | None, state: LatentState) -> None:
        """Ask for what is shown; `ddpm` is the network of the chains, None where there is none of this model's codes."""
        self._path = entry.path
        chains = state.recipe.chains
        if chains is None or ddpm is None or strip_of(state) != "chains":
            if self._questions.asked("chains") is not None:
                self._questions.forget("chains")
                self._questions.forget("scores")
                self.clear()
            return
        payload = WalkCodes(entry.path, ddpm.path, chains, slice_, entry.told)
        self._questions.ask("chains", payload, self._take_chains, When.AT_ONCE, once=True)
        self._shown = (entry, ddpm, slice_, state)
        self._ask_scores()

    def _ask_scores(self) -> None:
        if self._shown is None:
            return
        entry, ddpm, slice_, state = self._shown
        walked, chains, view = self.walked, state.recipe.chains, self._view.viewport
        t = 0 if walked is None else timestep_at(walked, state.frame)
        if not state.arrows or not t or chains is None:  # at t = 0 there is no noise, and no density of codes that are points
            if self._questions.asked("scores") is not None:
                self._questions.forget("scores")
                self._view.show_scores(None)
            return
        grid = grid_over(view.extent, view.scale, ARROW_CELL, MARGIN)
        asked = self._questions.asked("scores")
        payload = ShowScores(entry.path, ddpm.path, t, grid.extent, grid.columns, grid.rows, chains.exact, slice_)
        if not (isinstance(asked, ShowScores) and _alike(asked, payload, view.extent)):
            self._questions.ask("scores", payload, self._take_scores)

    def _take_chains(self, outcome: Outcome) -> None:
        if isinstance(outcome, CodesWalked) and outcome.path == self._path:
            self.walked = outcome
            self._view.show_chains(outcome)
            self._ask_scores()

    def _take_scores(self, outcome: Outcome) -> None:
        if isinstance(outcome, ScoresShown) and outcome.path == self._path:
            self._view.show_scores(outcome)


def state_at(walked: CodesWalked, frame: int) -> int:
    """Number of the state that a frame of the strip is."""
    return walked.shown[min(frame, len(walked.shown) - 1)] if walked.shown else min(frame, len(walked.timesteps) - 1)


def timestep_at(walked: CodesWalked, frame: int) -> int:
    """Its t."""
    return walked.timesteps[state_at(walked, frame)]


def _alike(asked: ShowScores, wanted: ShowScores, visible: Extent) -> bool:
    """Whether what was asked for is of the same t and network, and covers the view with arrows as far apart."""
    same = (asked.path, asked.ddpm, asked.t, asked.exact, asked.slice) == (wanted.path, wanted.ddpm, wanted.t, wanted.exact, wanted.slice)
    width, own = ((each.extent[1] - each.extent[0]) / each.columns for each in (asked, wanted))
    return same and covers(asked.extent, visible) and width == own

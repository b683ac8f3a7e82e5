"""Watches the store and the run, asks for what is on show, and hands what comes to the view."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from explorer.engine.chain.curve_messages import CurvesShown
from explorer.engine.chain.messages import FilmShown, LaneFailed, LanePlanned, StepShown, TermsShown, lane_keys
from explorer.state.session import Session
from explorer.views.chain.at_cursor import AtCursor
from explorer.views.chain.chain_part import ChainPart, changed_fields
from explorer.views.chain.film import Film
from explorer.views.chain.looked_at import LookedAt
from explorer.views.chain.measured_curves import MeasuredCurves
from explorer.views.shared.questions import Questions
from explorer.views.workspace import Context


class View(Protocol):
    """What the controller hands the engine's answers to, where they fit what is on show."""

    def show_step(self, shown: StepShown) -> None:
        """The pictures of lanes at the cursor."""

    def show_terms(self, shown: TermsShown) -> None:
        """The terms of the step at the cursor."""

    def show_film(self, shown: FilmShown) -> None:
        """The film strip's pictures."""

    def show_curves(self, shown: CurvesShown) -> None:
        """What is measured along the chains."""


class ChainController(LookedAt):
    """Between one chain workspace and the engine.

    Signals
    -------
    state_changed(object, object)
        The ChainState before and after.
    planned(), progressed()
        As of the run.

    Attributes
    ----------
    film : Film
    """

    state_changed = Signal(object, object)
    planned = Signal()
    progressed = Signal()

    def __init__(self, context: Context, part: ChainPart, view: View, parent: QObject | None = None) -> None:
        super().__init__(context, part, parent)
        self._questions = Questions(context.client, part.name, self)
        self._at_cursor = AtCursor(self, self._questions, view.show_step, view.show_terms)
        self.film = Film(self, self._questions, view.show_film)
        self._curves = MeasuredCurves(self, self._questions, view.show_curves)
        self._active = False
        self._moving = False
        self.run.planned.connect(self._take_plan)
        self.run.progressed.connect(self._progressed)
        self.run.ended.connect(self._ended)
        context.store.changed.connect(self._session_changed)
        context.theme.changed.connect(self._theme_changed)
        context.client.renewed.connect(self._engine_renewed)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown and sampling has ended."""
        return not self.run.sampling and self._questions.idle and self._curves.idle

    # --- life ---

    def activate(self) -> None:
        """The workspace is shown: sample what is not sampled."""
        if not self._active:
            self._active = True
            self._curves.set_active(True)
            if self.run.recipe != self.state.recipe or (not self.run.sampling and not self.run.stopped and not self.run.done):
                self.sample_chain()
            else:
                self.refresh()

    def deactivate(self) -> None:
        """Another workspace is shown; sampling goes on."""
        self._active = False
        self._curves.set_active(False)

    def sample_chain(self) -> None:
        """Have the engine sample the recipe, or what is missing of it."""
        self.following = self.following or self.state.t in (0, self.T) or self.state.t > self.T
        self.film.sampling_starts()
        self._at_cursor.sampling_starts()
        self.run.start(self.state.recipe)
        self.progressed.emit()

    def stop(self) -> None:
        """Stop sampling; what is computed stays."""
        self.following = False
        self.run.stop()

    def set_curves_seen(self, seen: bool) -> None:
        """Whether the curves are on show: nothing is measured for them meanwhile."""
        self._curves.set_seen(seen)

    def refresh(self) -> None:
        """Ask for everything that is on show."""
        self._at_cursor.ask()
        self.film.ask()
        self._curves.ask()

    # --- what happens ---

    def _session_changed(self, old: Session, new: Session) -> None:
        before, after = self.part.of(old), self.part.of(new)
        if before == after:
            return
        if after.t != before.t and not self._moving:
            self.following = False
        self.state_changed.emit(before, after)
        if not self._active:
            return
        if lane_keys(after.recipe) != lane_keys(before.recipe):
            self.sample_chain()
        changed = changed_fields(before, after)
        self._at_cursor.ask_changed(changed, after)
        self.film.ask_changed(changed)
        self._curves.ask_changed(changed)

    def _theme_changed(self, _tokens: object) -> None:
        if self._active:
            self.refresh()

    def _engine_renewed(self) -> None:
        """Another engine has no states: what was sampled is sampled again, and its pictures stay meanwhile."""
        self._questions.drop()
        sampling = self.run.sampling
        if self.run.lose() and self._active:
            if sampling:
                self.sample_chain()
            else:
                self.run.start(self.state.recipe)
            self.progressed.emit()

    def _take_plan(self, _plan: LanePlanned | LaneFailed) -> None:
        if self.state.t > self.T:
            self._move(self.T)
        self.planned.emit()

    def _progressed(self) -> None:
        newest = self.run.newest
        moves = self.following and newest is not None and newest != self.state.t
        if moves and newest is not None:
            self._move(newest)
        self.progressed.emit()
        if self._active:
            if not moves:  # the move has asked for it
                self._at_cursor.progressed()
            self.film.progressed()
            self._curves.ask_soon()

    def _ended(self) -> None:
        if not self.run.stopped and self.following:
            self._move(0)
            self.following = False
        self.progressed.emit()
        if self._active:
            self.refresh()

    def _move(self, t: int) -> None:
        """The cursor goes with the sampling: the person has not moved it."""
        self._moving = True
        try:
            self.part.update(t=t)
        finally:
            self._moving = False

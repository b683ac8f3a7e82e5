"""What is at the cursor: the pictures of every lane, and the terms of the step of the one that is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from explorer.engine.chain.messages import ShowStep, ShowTerms, StepShown, TermsShown
from explorer.engine.thread.requests import Outcome
from explorer.recipe.quantities import QUANTITIES
from explorer.state.session import ChainState
from explorer.views.chain.looked_at import LookedAt
from explorer.views.shared.questions import Questions

WEIGHED_EVERY = 1.0
"""Seconds between two requests for what is weighed against a whole data set, while the cursor follows the sampling."""


class AtCursor:
    """Asks for them.

    Parameters
    ----------
    show_step, show_terms : callable
        Get a StepShown, a TermsShown, that fits what is on show.
    """

    def __init__(
        self, looked: LookedAt, questions: Questions, show_step: Callable[[StepShown], object], show_terms: Callable[[TermsShown], object]
    ) -> None:
        self._looked, self._questions, self._show_step, self._show_terms = looked, questions, show_step, show_terms
        self._short_of_cursor = False
        self._weighed = QTimer(looked, singleShot=True, interval=round(1000 * WEIGHED_EVERY))
        self._weighed.timeout.connect(self._ask_step)

    # --- occasions ---

    def ask(self) -> None:
        """Ask for all of it."""
        self._ask_step()
        self._ask_terms()

    def ask_changed(self, changed: set[str], after: ChainState) -> None:
        """Ask for what is another since these fields of the state are."""
        beside = {"lane", "beside"} if QUANTITIES[after.quantity].beside == "data set" else set()
        if changed & {"recipe", "t", "quantity", "reference", "difference_of", "by_mean", "decoded", *beside}:
            self._ask_step()
        if changed & {"recipe", "t", "selected", "lane", "decoded"}:
            self._ask_terms()

    def sampling_starts(self) -> None:
        """A kept cursor waits in the middle of what is not computed yet."""
        self._short_of_cursor = True

    def progressed(self) -> None:
        """More states can be shown: those that the cursor waits for."""
        if self._short_of_cursor:
            self.ask()

    # --- questions ---

    def _ask_step(self) -> None:
        looked, state = self._looked, self._looked.state
        self._short_of_cursor = any(looked.is_short_of_cursor(key) for key in looked.sound_keys)
        keys = looked.keys_with_states
        if not keys or self._waits_for_sampling():
            return
        reference = looked.keys[looked.reference] if looked.shown.beside == "lane" else None
        palette, timeline = looked.context.theme.palette, looked.timeline
        for name, finished in (("step", False), ("finished", True)):
            some = tuple(key for key in keys if (looked.t_of(key) != state.t) is finished)
            t = looked.t_of(some[0]) if some else 0
            if some:
                question = ShowStep(
                    some, t, state.quantity, reference, state.difference_of, palette, timeline, looked.weighed, state.by_mean,
                    state.decoded,
                )  # fmt: skip
                self._questions.ask(name, question, self._take_step, once=finished)
            elif finished:
                self._questions.forget(name)
        if reference is not None:
            own = ShowStep(
                (reference,), state.t, state.difference_of, palette=palette, timeline=timeline, by_mean=state.by_mean,
                decoded=state.decoded,
            )  # fmt: skip
            self._questions.ask("reference", own, self._take_reference)

    def _waits_for_sampling(self) -> bool:
        """Whether what is shown can wait: each of these pictures takes as long as many steps, and the chain shall go on."""
        looked = self._looked
        if looked.shown.beside != "data set" or not (looked.following and looked.run.sampling):
            self._weighed.stop()
            return False
        waits = self._weighed.isActive()
        if not waits:
            self._weighed.start()
        return waits

    def _ask_terms(self) -> None:
        looked, key = self._looked, self._looked.seen_key
        if key is not None and key in looked.run.done:
            question = ShowTerms(key, looked.t_of(key), looked.sample, looked.context.theme.palette, looked.timeline, looked.state.decoded)
            self._questions.ask("terms", question, self._take_terms)

    # --- answers ---

    def _take_step(self, outcome: Outcome) -> None:
        looked = self._looked
        if isinstance(outcome, StepShown) and outcome.quantity == looked.state.quantity:
            looked.run.gone -= {frame.key for frame in outcome.frames}
            if not looked.run.sampling:
                for frame in outcome.frames:
                    looked.run.saw(frame.key, frame.k)
            self._show_step(outcome)

    def _take_reference(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and self._looked.shown.beside == "lane":
            self._show_step(outcome)

    def _take_terms(self, outcome: Outcome) -> None:
        if isinstance(outcome, TermsShown) and outcome.key == self._looked.seen_key:
            self._show_terms(outcome)

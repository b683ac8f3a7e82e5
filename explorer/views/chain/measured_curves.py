"""The curves against t: norms, distances and similarities, measured by the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QTimer

from explorer.engine.chain.curve_messages import CurvesShown, MeasureSimilarity, ShowCurves, SimilarityMeasured
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.looked_at import LookedAt
from explorer.views.shared.questions import Questions

EVERY = 0.3
"""Seconds between two requests while sampling."""


class MeasuredCurves:
    """Asks for them, and has similarities measured while they are the plot.

    Parameters
    ----------
    show : callable
        Gets a CurvesShown.
    """

    def __init__(self, looked: LookedAt, questions: Questions, show: Callable[[CurvesShown], object]) -> None:
        self._looked, self._questions, self._show = looked, questions, show
        self._active, self._seen, self._asked = False, True, 0.0
        self._timer = QTimer(looked, singleShot=True)
        self._timer.timeout.connect(self.ask)

    @property
    def idle(self) -> bool:
        """Whether nothing is to be asked for soon."""
        return not self._timer.isActive()

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another, and nothing is asked for."""
        self._active = active
        if not active:
            self._timer.stop()

    def set_seen(self, seen: bool) -> None:
        """They are on show, or something else is in their place."""
        if seen != self._seen:
            self._seen = seen
            self.ask()

    # --- occasions ---

    def ask_changed(self, changed: set[str]) -> None:
        """Ask for them if these fields of the state make them others."""
        if changed & {"recipe", "selected", "also", "reference", "plot", "curves_of"}:
            self.ask()

    def ask_soon(self) -> None:
        """Ask, but not as often as more states can be shown."""
        wait = self._asked + EVERY - time.monotonic()
        if self._seen and not self._timer.isActive():
            self._timer.start(max(0, int(wait * 1000)))

    # --- questions and answers ---

    def ask(self) -> None:
        """Ask for what is measured already, and for what the plot needs besides."""
        self._timer.stop()
        if self._active and self._seen and self._looked.keys_with_states:
            self._asked = time.monotonic()
            self._ask_measured()
            self._ask_similarity()

    def _ask_measured(self) -> None:
        looked = self._looked
        self._questions.ask("curves", ShowCurves(looked.keys_with_states, looked.sample_of_curves, looked.reference_key), self._take)

    def _ask_similarity(self) -> None:
        """The engine measures it in stretches, coarsely first."""
        keys, reference, plot = self._looked.keys_with_states, self._looked.reference_key, self._looked.state.plot
        if self._active and keys and reference is not None and plot.startswith("ssim"):
            quantity: Literal["x_t", "x0_hat"] = "x_t" if plot == "ssim x_t" else "x0_hat"
            self._questions.ask("similarity", MeasureSimilarity(keys, reference, quantity), self._take_similarity)

    def _take_similarity(self, outcome: Outcome) -> None:
        looked = self._looked
        if isinstance(outcome, SimilarityMeasured) and looked.state.plot.startswith("ssim"):
            if looked.keys_with_states and looked.reference_key is not None:
                self._ask_measured()
            if not outcome.complete:
                self._ask_similarity()

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, CurvesShown):
            self._show(outcome)

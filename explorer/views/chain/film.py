"""The film strip: the selected sample of the lane that is looked at, along its chain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.engine.chain.messages import FilmShown, ShowFilm
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.looked_at import LookedAt
from explorer.views.shared.questions import Questions


class Film:
    """Asks for its pictures, as many as there is room for.

    Parameters
    ----------
    show : callable
        Gets a FilmShown that fits what is on show.
    """

    def __init__(self, looked: LookedAt, questions: Questions, show: Callable[[FilmShown], object]) -> None:
        self._looked, self._questions, self._show = looked, questions, show
        self._slots = self._asked = 0

    @property
    def quantity(self) -> str:
        """What it shows: for a difference, the quantity that it is of."""
        shown = self._looked.shown
        return self._looked.state.difference_of if shown.beside == "lane" else shown.of or shown.name

    def set_slots(self, slots: int) -> None:
        """Number of pictures that fit."""
        if slots != self._slots:
            self._slots = slots
            self.ask()

    # --- occasions ---

    def ask_changed(self, changed: set[str]) -> None:
        """Ask for it if these fields of the state make it another."""
        if changed & {"recipe", "selected", "lane", "quantity", "difference_of", "by_mean", "decoded"}:
            self.ask()

    def sampling_starts(self) -> None:
        """No picture of it is there yet."""
        self._asked = 0

    def progressed(self) -> None:
        """More states can be shown: ask where one of them is a picture of it."""
        if self._pictures() != self._asked or not self._looked.run.sampling:
            self.ask()

    # --- question and answer ---

    def _pictures(self) -> int:
        """Number of its pictures that can be shown."""
        key, run = self._looked.seen_key, self._looked.run
        if key is None or key not in run.done or key not in run.plans or self._slots < 2:
            return 0
        K = len(run.plans[key].sigma)
        wanted = np.unique(np.linspace(0, K, self._slots).round().astype(int))
        return int((wanted <= run.done[key]).sum())

    def ask(self) -> None:
        """Ask for the pictures that there are."""
        looked, key, pictures = self._looked, self._looked.seen_key, self._pictures()
        if key is not None and pictures:
            self._asked = pictures
            palette = looked.context.theme.palette
            question = ShowFilm(key, looked.sample, self.quantity, self._slots, palette, looked.state.by_mean, looked.state.decoded)
            self._questions.ask("film", question, self._take)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, FilmShown) and outcome.key == self._looked.seen_key:
            self._show(outcome)

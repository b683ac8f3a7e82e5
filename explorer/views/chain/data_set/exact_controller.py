"""Between the panel "Data set" and the engine: weights and the nearest image."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from explorer.engine.chain.data_set.messages import (
    ExactAbsent,
    FindNearest,
    NearestShown,
    ShowWeights,
    WeightsShown,
)
from explorer.engine.thread.requests import Outcome
from explorer.state.session import ChainState
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.controller import ChainController
from explorer.views.chain.panel_controller import PanelController
from explorer.widgets.look.language import tr

NO_LANE = tr("Open a checkpoint, or add an exact lane, to see which images of a data set its states could have come from.")
NOT_YET = tr("This lane has no state yet: its data set is weighed as soon as the first step is sampled.")
NO_DATA = tr(
    "It is not known where the images that this network learned from are. Choose them with the button at the right of the heading above."
)
NOT_FINISHED = tr("Looked for once the chain has reached x₀")


class View(Protocol):
    """What the controller hands things to."""

    @property
    def capacity(self) -> int:
        """How many images there is room for."""
        ...

    def show_open(self, is_open: bool, name: str) -> None:
        """Whether it is open, and the name of the data set."""

    def show_weights(self, shown: WeightsShown) -> None:
        """The images that weigh most, and the ideal x0_hat."""

    def show_nearest(self, shown: NearestShown) -> None:
        """The image nearest to the finished sample."""

    def no_nearest(self, reason: str) -> None:
        """There is no nearest image yet: why."""

    def say(self, message: str) -> None:
        """There is nothing to show: why."""


class ExactController(PanelController):
    """Between the panel "Data set" of one chain workspace and the engine."""

    def __init__(self, chain: ChainController, view: View, parent: QObject) -> None:
        super().__init__(chain, parent)
        self._context, self._view = chain.context, view
        self._said = False
        self._context.library.changed.connect(self._library_changed)

    def show_state(self) -> None:
        """Show what the person chose."""
        exact = self._chain.exact
        self._view.show_open(self._part.state.data_set, Path(exact.dataset).stem if exact is not None else "")

    # --- changes ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        changed = changed_fields(before, after)
        if changed & {"recipe", "lane", "data_set", "beside"}:
            self.show_state()
        if changed & {"recipe", "lane", "selected", "t", "data_set", "beside"}:
            self._ask()

    def _library_changed(self) -> None:
        self.show_state()
        self._ask()

    def _progressed(self) -> None:
        super()._progressed()
        if not self._short_of_cursor:
            self._ask_nearest()

    # --- questions and answers ---

    def _ask(self, _tokens: object = None) -> None:
        """Ask for the panel's pictures; nothing while it is closed."""
        chain, state = self._chain, self._part.state
        if not (self._active and state.data_set):
            return
        key, exact = chain.key, chain.exact
        self._short_of_cursor = chain.is_short_of_cursor(key)
        if key is None or exact is None or key not in chain.run.done:
            self._say(NO_LANE if key is None else NO_DATA if exact is None else chain.run.failed.get(key, NOT_YET))
            self._questions.forget("nearest")
            return
        question = ShowWeights(
            key, exact, state.t, chain.sample, self._view.capacity, self._theme.palette, chain.timeline
        )  # fmt: skip
        self._questions.ask("weights", question, self._take)
        self._ask_nearest()

    def _ask_nearest(self) -> None:
        """Ask for the image nearest to the finished sample: it does not depend on t, so it is asked for once."""
        chain = self._chain
        key, exact = chain.key, chain.exact
        if not (self._active and self._part.state.data_set) or key is None or exact is None or key not in chain.run.done:
            return
        question = FindNearest(key, exact, chain.sample)
        if chain.run.reached(key) == 0:
            self._questions.ask("nearest", question, self._take, once=True)
        elif question != self._questions.asked("nearest"):
            self._questions.forget("nearest")
            if not self._said:
                self._view.no_nearest(NOT_FINISHED)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, WeightsShown) and outcome.key == self._chain.key:
            self._said = False
            self._view.show_weights(outcome)
        elif isinstance(outcome, NearestShown) and self._questions.asked("nearest") == FindNearest(
            outcome.key, outcome.exact, outcome.sample
        ):
            self._view.show_nearest(outcome)
        elif isinstance(outcome, ExactAbsent) and outcome.key == self._chain.key:
            self._questions.forget("nearest")
            if outcome.later:
                self._view.no_nearest(outcome.reason)
            else:
                self._say(outcome.reason)

    def _say(self, message: str) -> None:
        self._said = True
        self._view.say(message)

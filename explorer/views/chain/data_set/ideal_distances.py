"""Distances of lanes to the ideal x0_hat, along their chains: asked for while they are the plot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from explorer.engine.chain.curve_messages import CurvesShown
from explorer.engine.chain.data_set.messages import IdealMeasured, MeasureIdeal
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Lane
from explorer.state.session import ChainState
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions

IDEAL = "ideal"


class IdealDistances(QObject):
    """Has them measured; the engine does it in stretches.

    Parameters
    ----------
    chain : ChainController
    show : callable
        Gets them, as a CurvesShown.
    """

    def __init__(self, chain: ChainController, show: Callable[[CurvesShown], object], parent: QObject) -> None:
        super().__init__(parent)
        self._chain, self._part, self._show = chain, chain.part, show
        self._questions = Questions(chain.context.client, chain.part.name, self)
        self._active = False
        chain.state_changed.connect(self._state_changed)
        chain.context.client.renewed.connect(self._questions.drop)

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self.ask()
        else:
            self._questions.drop()

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        if changed_fields(before, after) & {"recipe", "selected", "beside", "plot", "curves_of"}:
            self.ask()

    def ask(self) -> None:
        """Ask for them, as far as the lanes have come."""
        chain, exact = self._chain, self._chain.exact
        keys = tuple(key for key in chain.keys_with_states if _is_measured(key.lane))
        if self._active and self._part.state.plot == IDEAL and keys and exact is not None:
            self._questions.ask(IDEAL, MeasureIdeal(keys, exact, chain.sample_of_curves), self._take)

    def _take(self, outcome: Outcome) -> None:
        if not isinstance(outcome, IdealMeasured) or self._part.state.plot != IDEAL:
            return
        self._show(CurvesShown(outcome.sample, None, outcome.lanes))
        if not outcome.complete:
            self.ask()


def _is_measured(lane: Lane) -> bool:
    """A lane of the data set itself is the ideal: there is nothing to measure unless it goes through an option."""
    return lane.exact is None or lane.option is not None

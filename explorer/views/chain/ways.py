"""The choice of what runs a lane's network, between the inspector and the engine."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.engine.chain.messages import LaneKey
from explorer.engine.chain.way_messages import MeasureAgain, SetWay, ShowWays, WaysShown
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.controller import ChainController
from explorer.views.chain.ways_field import WaysField
from explorer.views.shared.questions import Questions, When
from explorer.widgets.look.language import tr

SHOW, SET, MEASURE = "ways", tr("set way"), tr("measure again")
"""Names of the questions."""


class Ways(QObject):
    """A setting of the machine: it is in no recipe, and not undone.

    Parameters
    ----------
    controller : ChainController
    field : WaysField
    """

    def __init__(self, controller: ChainController, field: WaysField, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._field = controller, field
        self._client = controller.context.client
        self._questions = Questions(self._client, controller.part.name, self)
        self._client.renewed.connect(self._renewed)
        field.opened.connect(self._ask)
        field.chosen.connect(self._set)
        field.again.connect(self._measure)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._questions.idle

    @property
    def _key(self) -> LaneKey | None:
        return self._controller.key

    def _ask(self) -> None:
        if self._key is not None:
            self._questions.ask(SHOW, ShowWays(self._key), self._take)

    def _set(self, wish: str) -> None:
        if self._key is not None:
            self._controller.run.stop()  # what it goes on with would be the earlier way's
            self._questions.ask(SET, SetWay(self._key, wish), self._is_set, When.AT_ONCE, on_failure=self._is_refused)

    def _is_set(self, outcome: Outcome) -> None:
        """The engine has let go of the lanes: every workspace that shows one has it sampled again."""
        self._take(outcome)
        self._client.renewed.emit()
        self._controller.sample_chain()

    def _is_refused(self, failed: Failed) -> None:
        self._client.failed.emit(failed)
        self._controller.sample_chain()

    def _measure(self) -> None:
        if self._key is not None:
            self._field.show_measuring(True)
            self._questions.ask(MEASURE, MeasureAgain(self._key), self._is_measured, When.AT_ONCE, on_failure=self._failed)

    def _is_measured(self, outcome: Outcome) -> None:
        self._field.show_measuring(False)
        self._take(outcome)

    def _failed(self, failed: Failed) -> None:
        self._field.show_measuring(False)
        self._client.failed.emit(failed)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, WaysShown) and outcome.key == self._key:
            self._field.show_ways(outcome)

    def _renewed(self) -> None:
        """Nothing that was asked is answered any more."""
        self._questions.drop()
        self._field.show_measuring(False)

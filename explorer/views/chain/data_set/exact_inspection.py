"""Between the panel "Data set" and the engine: weights, the nearest image and, for the curves, distances to the ideal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from explorer.engine.chain.data_set.messages import (
    DataSetOpened,
    ExactAbsent,
    FindNearest,
    IdealMeasured,
    MeasureIdeal,
    NearestShown,
    ShowWeights,
    WeightsShown,
)
from explorer.engine.chain.messages import CurvesShown
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ExactProcess, Lane
from explorer.state.session import ChainState
from explorer.views.chain.chain_part import changed_fields
from explorer.views.chain.controller import ChainController
from explorer.views.chain.data_set.data_sets import DataSets
from explorer.views.chain.data_set.exact_panel import ExactPanel
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.questions import Questions

IDEAL = "ideal"
NO_LANE = "Open a checkpoint, or add an exact lane, to see which images of a data set its states could have come from."
NOT_YET = "This lane has no state yet: its data set is weighed as soon as the first step is sampled."
NO_DATA = (
    "It is not known where the images that this network learned from are. Choose them with the button at the right of the heading above."
)
USUAL_TIP = "That of an exact lane if there is one, else the one that the network learned"
BESIDE_TIP = "See this workspace's networks beside MNIST's training images"
NOT_FINISHED = "Looked for once the chain has reached x₀"


class ExactInspection(QObject):
    """The data set of one chain workspace.

    Parameters
    ----------
    controller : ChainController
    action : QAction
        Opens and closes the panel; checkable.
    data_sets : DataSets
        What networks can be seen beside.
    show_curves : callable
        Gets a CurvesShown with the distances to the ideal x0_hat.

    Attributes
    ----------
    panel : ExactPanel
    """

    def __init__(
        self, controller: ChainController, action: QAction, data_sets: DataSets, show_curves: Callable[[CurvesShown], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        context = controller.context
        self._controller, self._part, self._context, self._action = controller, controller.part, context, action
        self._data_sets, self._show_curves = data_sets, show_curves
        self._questions = Questions(context.client, controller.part.name, self)
        self._active = False
        self._short_of_cursor = False
        self.panel = ExactPanel(context.theme)
        self._connect()
        self._show_choice()

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is shown."""
        return self._questions.idle

    @property
    def exact(self) -> ExactProcess | None:
        """The data set that the lane is seen beside."""
        return self._controller.exact

    def set_active(self, active: bool) -> None:
        """The workspace is shown, or another."""
        self._active = active
        if active:
            self._ask()
            self.ask_ideal()
        else:
            self._questions.drop()

    # --- wiring ---

    def _connect(self) -> None:
        controller = self._controller
        controller.state_changed.connect(self._state_changed)
        controller.progressed.connect(self._progressed)
        self._context.theme.changed.connect(self._ask)
        self._context.library.changed.connect(self._library_changed)
        self._action.triggered.connect(self.set_open)
        self.panel.toggled.connect(self.set_open)
        self.panel.choice.menu().aboutToShow.connect(self._fill_choice)

    # --- gestures ---

    def set_open(self, is_open: bool) -> None:
        """Open or close the panel."""
        self._part.update(data_set=is_open)

    def choose(self, opened: DataSetOpened) -> None:
        """See the networks beside this data set."""
        self._part.update(beside=opened.exact)

    def _fill_choice(self) -> None:
        """What the lanes that are no exact ones can be seen beside."""
        menu = self.panel.choice.menu()
        menu.clear()
        usual = verb(menu, "As the lanes say", partial(self._part.update, beside=None), tip=USUAL_TIP)
        usual.setCheckable(True)
        usual.setChecked(self._part.state.beside is None)
        self._data_sets.add_to(menu, self.choose, BESIDE_TIP)

    # --- changes ---

    def _state_changed(self, before: ChainState, after: ChainState) -> None:
        changed = changed_fields(before, after)
        if changed & {"recipe", "lane", "data_set", "beside"}:
            self._show_choice()
        if changed & {"recipe", "lane", "selected", "t", "data_set", "beside"}:
            self._ask()
        if changed & {"recipe", "selected", "beside", "plot", "curves_of"}:
            self.ask_ideal()

    def _library_changed(self) -> None:
        self._show_choice()
        self._ask()

    def _show_choice(self) -> None:
        is_open, exact = self._part.state.data_set, self.exact
        self._action.setChecked(is_open)
        self.panel.show_open(is_open, _name(exact.dataset) if exact is not None else "")

    def _progressed(self) -> None:
        if self._short_of_cursor:
            self._ask()
        else:
            self._ask_nearest()

    # --- questions and answers ---

    def _ask(self, _tokens: object = None) -> None:
        """Ask for the panel's pictures; nothing while it is closed."""
        controller, state = self._controller, self._part.state
        if not (self._active and state.data_set):
            return
        key, exact = controller.key, self.exact
        self._short_of_cursor = controller.is_short_of_cursor(key)
        if key is None or exact is None or key not in controller.run.done:
            self.panel.say(NO_LANE if key is None else NO_DATA if exact is None else controller.run.failed.get(key, NOT_YET))
            self._questions.forget("nearest")
            return
        question = ShowWeights(
            key, exact, state.t, controller.sample, self.panel.tiles.capacity, self._context.theme.palette, controller.timeline
        )  # fmt: skip
        self._questions.ask("weights", question, self._take)
        self._ask_nearest()

    def _ask_nearest(self) -> None:
        """Ask for the image nearest to the finished sample: it does not depend on t, so it is asked for once."""
        controller = self._controller
        key, exact = controller.key, self.exact
        if not (self._active and self._part.state.data_set) or key is None or exact is None or key not in controller.run.done:
            return
        question = FindNearest(key, exact, controller.sample)
        if controller.run.reached(key) == 0:
            self._questions.ask("nearest", question, self._take, once=True)
        elif question != self._questions.asked("nearest"):
            self._questions.forget("nearest")
            if not self.panel.message:
                self.panel.no_nearest(NOT_FINISHED)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, WeightsShown) and outcome.key == self._controller.key:
            self.panel.show_weights(outcome)
        elif isinstance(outcome, NearestShown) and self._questions.asked("nearest") == FindNearest(
            outcome.key, outcome.exact, outcome.sample
        ):
            self.panel.show_nearest(outcome)
        elif isinstance(outcome, ExactAbsent) and outcome.key == self._controller.key:
            self._questions.forget("nearest")
            if outcome.later:
                self.panel.no_nearest(outcome.reason)
            else:
                self.panel.say(outcome.reason)

    def ask_ideal(self) -> None:
        """Have the distances to the ideal measured while they are the plot; the engine does it in stretches."""
        controller, state, exact = self._controller, self._part.state, self.exact
        keys = tuple(key for key in controller.keys_with_states if _is_measured(key.lane))
        if self._active and state.plot == IDEAL and keys and exact is not None:
            self._questions.ask("ideal", MeasureIdeal(keys, exact, controller.sample_of_curves), self._take_ideal)

    def _take_ideal(self, outcome: Outcome) -> None:
        if not isinstance(outcome, IdealMeasured) or self._part.state.plot != IDEAL:
            return
        self._show_curves(CurvesShown(outcome.sample, None, outcome.lanes))
        if not outcome.complete:
            self.ask_ideal()


def _is_measured(lane: Lane) -> bool:
    """A lane of the data set itself is the ideal: there is nothing to measure unless it goes through an option."""
    return lane.exact is None or lane.option is not None


def _name(dataset: str) -> str:
    return Path(dataset).stem

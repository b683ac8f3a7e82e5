"""Whether a lane's network denoises as its file, or a person, says: asked of any lane, and told in the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from explorer.engine.models.checking.messages import CheckNoise, NoiseChecked
from explorer.engine.models.checking.words import advice, sentence
from explorer.engine.thread.requests import Outcome
from explorer.recipe import Lane
from explorer.views.chain.controller import ChainController
from explorer.views.shared.file_opener import FileOpener
from explorer.views.shared.labels import checkpoint_name
from explorer.views.shared.lane_menu import verb
from explorer.views.shared.questions import Questions, When
from explorer.widgets.look.language import tr

TOLD_TIP = tr("What you said of this checkpoint, where its file does not say it: see it, or say otherwise")


class NoiseCheck(QObject):
    """Asks, and hands on what came of it.

    Parameters
    ----------
    chain : ChainController
    action : QAction
        Asks it of the lane that is looked at.
    say : callable
        Takes a message and what it may mean.
    """

    def __init__(
        self, chain: ChainController, action: QAction, opener: FileOpener, say: Callable[[str, str], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._questions = Questions(chain.context.client, f"{chain.part.name}.check", self)
        self._chain, self._action, self._opener, self._say = chain, action, opener, say
        action.triggered.connect(self._ask_here)
        chain.state_changed.connect(self._show)
        chain.planned.connect(self._show)
        self._show()

    def _show(self, *_states: object) -> None:
        lanes = self._chain.state.recipe.lanes
        self._action.setEnabled(bool(lanes) and lanes[self._chain.lane].exact is None and not self._chain.is_lost)

    def _ask_here(self) -> None:
        lanes = self._chain.state.recipe.lanes
        self.ask(lanes[self._chain.lane], lanes)

    @property
    def idle(self) -> bool:
        """Whether nothing is asked."""
        return self._questions.idle

    def fill_menu(self, menu: QMenu, lanes: Sequence[Lane], index: int) -> None:
        """What can be asked of a lane's checkpoint, and what was told of it; nothing of a data set or of what is missing."""
        lane = lanes[index]
        if lane.exact is not None or self._chain.run.lost(self._chain.keys[index]):
            return
        menu.addSection(tr("Checkpoint"))
        verb(menu, tr("Check that it denoises"), partial(self.ask, lane, lanes), tip=self._action.toolTip())
        if lane.told is not None:
            verb(menu, tr("What was told of it…"), partial(self._opener.ask_again, lane.source, index), tip=TOLD_TIP)

    def ask(self, lane: Lane, lanes: Sequence[Lane] = ()) -> None:
        """See how much of the noise a lane's network finds, on the data sets of the other lanes, too."""
        data_sets = tuple(dict.fromkeys(each.exact.dataset for each in lanes if each.exact is not None))
        self._questions.ask("noise", CheckNoise(lane.source, lane.told, data_sets), partial(self._take, lane), When.AT_ONCE)

    def _take(self, lane: Lane, outcome: Outcome) -> None:
        if isinstance(outcome, NoiseChecked) and not outcome.partial:
            self._say(f"{checkpoint_name(lane)}: {sentence(outcome)}", advice(outcome))

"""While a chain is being made: the clean images that the network expects, beside the states that are noise still.

Of a branch that has no states yet: where the quick look led when it was painted or erased.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.chain.messages import LaneFrame, LaneKey, ShowStep, StepShown
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.controller import ChainController
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.shared.labels import lane_colours
from explorer.views.shared.questions import Questions
from explorer.widgets.look.language import tr

WORDS = tr("what the network expects so far")
AHEAD_TIP = tr("Where a few steps from what was painted or erased led. The branch itself takes all of them, and may end elsewhere.")
TIP = tr("x̂₀: the clean image that the network's output implies at this step. It looks like a digit long before xₜ does.")


class Expected(QObject):
    """A panel that is there while the states of a chain are shown as they come.

    Signals
    -------
    changed()
        The panel is there now, or gone.
    chosen(int)
        A sample of it.

    Attributes
    ----------
    panel : LanePanel
    """

    changed = Signal()
    chosen = Signal(int)

    def __init__(self, controller: ChainController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self._questions = Questions(controller.context.client, f"{controller.part.name}.expected", self)
        self.panel = LanePanel(controller.context.theme)
        self.panel.set_menu(None)
        self.panel.hide()
        self._ahead: tuple[LaneKey, np.ndarray, int] | None = None
        self._all_shown = False
        self.panel.grid.sample_chosen.connect(self._choose)
        controller.progressed.connect(self._look)
        controller.state_changed.connect(lambda _before, _after: self._look())

    def in_the_place_of(self, widget: QWidget) -> QWidget:
        """A place that has this widget, or the panel while that is there."""
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        column.addWidget(self.panel)
        self.changed.connect(lambda: widget.setVisible(not self.shown))
        return place

    def look_ahead(self, end: np.ndarray, sample: int) -> None:
        """The shown lane is a new branch: picture (H, W, 3) uint8 of where the quick look of a sample led, until it has states."""
        key = self._controller.key
        self._ahead = None if key is None else (key, end, sample)
        self._look()

    @property
    def shown(self) -> bool:
        """Whether the panel is there."""
        return not self.panel.isHidden()

    @property
    def _wanted(self) -> bool:
        return self._sampling and self._controller.state.quantity == "x_t"

    @property
    def _sampling(self) -> bool:
        return self._controller.following and self._controller.run.sampling

    def _look(self) -> None:
        """Ask for what there is by now; gone is what is not wanted any more."""
        controller, key = self._controller, self._controller.key
        if self._ahead is not None and self._sampling and self._ahead[0] == key and not controller.run.done.get(key, 0):
            self._show_ahead(*self._ahead[1:])
        elif not self._wanted:
            self._questions.drop()
            self._set_shown(False)
        elif key is not None and controller.run.done.get(key, 0) > 0:
            question = ShowStep((key,), controller.state.t, "x0_hat", timeline=controller.timeline)
            self._questions.ask("x0_hat", question, self._take)

    def _choose(self, index: int) -> None:
        if self._all_shown:
            self.chosen.emit(index)

    def _show_ahead(self, end: np.ndarray, sample: int) -> None:
        self._dress(tr("quick look"), tr("sample {sample}, in a few steps", sample=sample), AHEAD_TIP, tr("the branch is being sampled"))
        self._show_tiles(end[None], 0)
        self._all_shown = False

    def _dress(self, title: str, words: str, tip: str, note: str) -> None:
        lanes = self._controller.state.recipe.lanes
        self.panel.set_lane(title, words, lane_colours(lanes)[self._controller.lane], tip)
        self.panel.set_note(note, short="")

    def _show_tiles(self, tiles: np.ndarray, selected: int) -> None:
        grid = self.panel.grid
        grid.set_shape(len(tiles), (tiles.shape[1], tiles.shape[2]))
        grid.set_tiles(tiles)
        grid.set_selected(selected)
        self._set_shown(True)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and outcome.frames and self._wanted and outcome.frames[0].key == self._controller.key:
            self._show(outcome.frames[0])

    def _show(self, frame: LaneFrame) -> None:
        self._dress("x̂₀", WORDS, TIP, f"t = {frame.t}")
        self._show_tiles(frame.tiles, self._controller.sample)
        self._all_shown = True

    def _set_shown(self, shown: bool) -> None:
        if shown != self.shown:
            self.panel.setVisible(shown)
            self.changed.emit()

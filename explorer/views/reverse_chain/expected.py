"""While a chain is being made: the clean images that the network expects, beside the states that are noise still."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.chain.messages import LaneFrame, ShowStep, StepShown
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.controller import ChainController
from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.views.shared.labels import lane_colours
from explorer.views.shared.questions import Questions

WORDS = "what the network expects so far"
TIP = "x̂₀: the clean image that the network's output implies at this step. It looks like a digit long before xₜ does."


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
        self.panel.grid.sample_chosen.connect(self.chosen)
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

    @property
    def shown(self) -> bool:
        """Whether the panel is there."""
        return not self.panel.isHidden()

    @property
    def _wanted(self) -> bool:
        controller = self._controller
        return controller.following and controller.run.sampling and controller.state.quantity == "x_t"

    def _look(self) -> None:
        """Ask for what there is by now; gone is what is not wanted any more."""
        controller, key = self._controller, self._controller.key
        if not self._wanted:
            self._questions.drop()
            self._set_shown(False)
        elif key is not None and controller.run.done.get(key, 0) > 0:
            question = ShowStep((key,), controller.state.t, "x0_hat", timeline=controller.timeline)
            self._questions.ask("x0_hat", question, self._take)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and outcome.frames and self._wanted and outcome.frames[0].key == self._controller.key:
            self._show(outcome.frames[0])

    def _show(self, frame: LaneFrame) -> None:
        lanes = self._controller.state.recipe.lanes
        self.panel.set_lane("x̂₀", WORDS, lane_colours(lanes)[self._controller.lane], TIP)
        self.panel.set_note(f"t = {frame.t}")
        self.panel.grid.set_shape(len(frame.tiles), (frame.tiles.shape[1], frame.tiles.shape[2]))
        self.panel.grid.set_tiles(frame.tiles)
        self.panel.grid.set_selected(self._controller.sample)
        self._set_shown(True)

    def _set_shown(self, shown: bool) -> None:
        if shown != self.shown:
            self.panel.setVisible(shown)
            self.changed.emit()

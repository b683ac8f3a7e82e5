"""While a chain is being made: the clean images that the network expects, beside the states that are noise still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.engine.chain.messages import LaneFrame, LaneKey, ShowStep, StepShown
from explorer.engine.thread.requests import Outcome
from explorer.views.chain.controller import ChainController
from explorer.views.shared.questions import Questions
from explorer.widgets.look.language import tr

TIP = tr("x̂₀: the clean image that the network's output implies at this step. It looks like a digit long before xₜ does.")


class Expected(QObject):
    """Shows a panel while the states of a chain are shown as they come: x0_hat of the lanes that have any.

    Subclasses say of which lanes (`keys`) and put the pictures into the panel (`show_frames`).

    Parameters
    ----------
    controller : ChainController
    panel : QWidget
        Hidden until there is something to show.

    Signals
    -------
    changed()
        The panel is there now, or gone.
    """

    changed = Signal()

    def __init__(self, controller: ChainController, panel: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._panel = controller, panel
        self._questions = Questions(controller.context.client, f"{controller.part.name}.expected", self)
        self._frames: dict[LaneKey, LaneFrame] = {}
        self._asked: dict[str, tuple[ShowStep, tuple[int, ...]]] = {}
        panel.hide()
        controller.progressed.connect(self.look)
        controller.state_changed.connect(lambda _before, _after: self.look())

    # --- for subclasses ---

    def keys(self) -> Sequence[LaneKey]:
        """The lanes that are shown."""
        raise NotImplementedError

    def show_frames(self, frames: Mapping[LaneKey, LaneFrame]) -> None:
        """Put the pictures of x0_hat, of the lanes that have any, into the panel."""
        raise NotImplementedError

    # --- where it is ---

    def in_the_place_of(self, widget: QWidget) -> QWidget:
        """A place that has this widget, or the panel while that is there."""
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        column.addWidget(self._panel)
        self.changed.connect(lambda: widget.setVisible(not self.shown))
        return place

    def has(self, widget: QWidget) -> bool:
        """Whether a widget is in the panel."""
        return self._panel.isAncestorOf(widget)

    @property
    def shown(self) -> bool:
        """Whether the panel is there."""
        return not self._panel.isHidden()

    def set_shown(self, shown: bool) -> None:
        """Have the panel, or not."""
        if shown != self.shown:
            self._panel.setVisible(shown)
            self.changed.emit()

    # --- what it shows ---

    @property
    def sampling(self) -> bool:
        """Whether the cursor follows a chain that is being made."""
        return self._controller.following and self._controller.run.sampling

    @property
    def _wanted(self) -> bool:
        return self.sampling and self._controller.state.quantity == "x_t"

    def look(self) -> None:
        """Ask for what there is by now; gone is what is not wanted any more."""
        if not self._wanted:
            self._questions.drop()
            self._frames.clear()
            self._asked.clear()
            self.set_shown(False)
            return
        controller = self._controller
        done = controller.run.done
        keys = [key for key in dict.fromkeys(self.keys()) if done.get(key, 0) > 0]
        at, t, timeline = {key: controller.t_of(key) for key in keys}, controller.state.t, controller.timeline
        for name, ended in (("x0_hat", False), ("ended", True)):  # a lane that has its image already is shown where it ended
            some = tuple(key for key in keys if (at[key] != t) is ended)
            if not some:
                continue
            asked = ShowStep(some, at[some[0]], "x0_hat", timeline=timeline), tuple(done[key] for key in some)
            if asked != self._asked.get(name):  # a move of the cursor and the progress that made it tell of the same states
                self._asked[name] = asked
                self._questions.ask(name, asked[0], self._take)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, StepShown) and outcome.frames and self._wanted:
            keys = set(self.keys())
            self._frames = {key: frame for key, frame in self._frames.items() if key in keys}
            self._frames |= {frame.key: frame for frame in outcome.frames if frame.key in keys}
            if self._frames:
                self.show_frames(self._frames)
                self.set_shown(True)

"""Scrubbing a lane over training time: the same noise through every snapshot of its run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.checkpoints.snapshots import words
from explorer.engine.models.messages import LibraryEntry
from explorer.views.chain.controller import ChainController
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.training_slider import TrainingSlider
from explorer.widgets.look.language import tr

Take = Callable[[int, LibraryEntry, str, str], None]
"""Put a snapshot into the lane of that index, as a change of that label and merge."""


class TrainingTime(QObject):
    """Connects the slider and its keys to the lane that is looked at.

    Parameters
    ----------
    controller : ChainController
    slider : TrainingSlider
    actions : Actions
    take : callable

    Signals
    -------
    shown()
        Another lane is looked at, or its snapshots are others.
    """

    shown = Signal()

    def __init__(self, controller: ChainController, slider: TrainingSlider, actions: Actions, take: Take, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._slider, self._actions, self._take = controller, slider, actions, take
        self._library = controller.context.library
        slider.chosen.connect(self._chosen)
        slider.released.connect(controller.context.store.end_merge)
        actions.on("less_trained", lambda: self.step(-1))
        actions.on("more_trained", lambda: self.step(1))
        controller.state_changed.connect(self._state_changed)
        self._library.changed.connect(self.show)
        self.show()

    def snapshots(self, index: int) -> tuple[LibraryEntry, ...]:
        """Moments of the run that a lane's checkpoint is of; empty where there is no other."""
        lanes = self._controller.state.recipe.lanes
        if not 0 <= index < len(lanes) or not lanes[index].checkpoint:
            return ()
        return self._library.snapshots_of(self._library.find(lanes[index].checkpoint))

    def place(self, index: int) -> int:
        """Which of them a lane shows."""
        lane = self._controller.state.recipe.lanes[index]
        entry = self._library.find(lane.checkpoint)
        images = [snapshot.images for snapshot in self.snapshots(index)]
        return images.index(entry.images) if entry is not None and entry.images in images else len(images) - 1

    def step(self, by: int) -> None:
        """Go to an earlier or later snapshot of the lane that is looked at; stay at the ends."""
        index = self._controller.lane
        known = self.snapshots(index)
        if known:
            self._go(index, min(max(self.place(index) + by, 0), len(known) - 1), "")

    def show(self) -> None:
        """The slider over the lane that is looked at."""
        self._follow()
        index = self._controller.lane
        known = self.snapshots(index)
        place = self.place(index) if known else 0
        self._slider.show_stops([entry.images for entry in known], place)
        self._actions["less_trained"].setEnabled(place > 0)
        self._actions["more_trained"].setEnabled(place < len(known) - 1)
        self.shown.emit()

    def _follow(self) -> None:
        lanes = (lane for lane in self._controller.state.recipe.lanes if lane.checkpoint)
        found = ((lane, self._library.find(lane.checkpoint)) for lane in lanes)
        self._library.follow(tuple(lane.source if entry is None else entry.path for lane, entry in found))

    def _state_changed(self, _before: object, _after: object) -> None:
        self.show()

    def _chosen(self, place: int, dragged: bool) -> None:
        index = self._controller.lane
        self._go(index, place, f"{self._controller.part.name}.training.{index}" if dragged else "")

    def _go(self, index: int, place: int, merge: str) -> None:
        known = self.snapshots(index)
        if 0 <= place < len(known) and place != self.place(index):
            run, moment = words(known[place].path)
            self._take(index, known[place], tr("show {moment}", moment=moment or run), merge)

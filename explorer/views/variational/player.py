"""Playing a fit: the cursor along its steps."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.recipe.variational import MOST_STEPS
from explorer.state.edits import variational as edits
from explorer.state.store import Store

TICK_MS = 50


class FitPlayer(QObject):
    """Moves the cursor one step at a time, never ahead of what is shown.

    Signals
    -------
    playing_changed(bool)
    """

    playing_changed = Signal(bool)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._arrived = 0

    @property
    def playing(self) -> bool:
        """Whether the cursor moves by itself."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play from here, from 0 at the end; or pause."""
        if self.playing:
            self.pause()
            return
        if self._store.session.variational.step >= MOST_STEPS:
            self._go(0)
        self._arrived = self._store.session.variational.step
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playing."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def scrub(self, step: int) -> None:
        """Go to a step."""
        self.pause()
        self._go(step)

    def step(self, count: int) -> None:
        """So many steps on."""
        self.scrub(self._store.session.variational.step + count)

    def arrived(self, step: int) -> None:
        """A step is shown: the next may be asked for."""
        self._arrived = step

    def _go(self, step: int) -> None:
        state = self._store.session.variational
        self._store.update(variational=edits.go_to(state, step))

    def _tick(self) -> None:
        state = self._store.session.variational
        if self._arrived < state.step:
            return
        if state.step < MOST_STEPS:
            self._go(state.step + 1)
        elif state.loop:
            self._go(0)
            self._arrived = 0
        else:
            self.pause()

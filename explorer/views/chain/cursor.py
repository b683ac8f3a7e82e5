"""Gestures that move the cursor, and playing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from explorer.views.chain.controller import ChainController

PLAY_SECONDS = 8.0
"""What the whole chain takes to play."""
REST_SECONDS = 1.0
"""How long a loop rests on the image before it starts again."""
TICK_MS = 16
LEAP = 10


class Cursor(QObject):
    """Where the person looks along t.

    Signals
    -------
    playing_changed(bool)
    """

    playing_changed = Signal(bool)

    def __init__(self, controller: ChainController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._from = 0.0

    # --- gestures ---

    def scrub(self, t: int) -> None:
        """Go to the state nearest to t."""
        self.pause()
        self._go(self._nearest(t))

    def step(self, count: int) -> None:
        """Go `count` states on; towards t = 0 if positive."""
        self.pause()
        self._controller.following = False
        states = self._controller.run.timesteps
        if not len(states):
            self._go(min(max(self._controller.state.t - count, 0), self._controller.T))
            return
        here = int(np.abs(states - self._controller.state.t).argmin())
        self._go(int(states[min(max(here - count, 0), len(states) - 1)]))

    def leap(self, direction: int) -> None:
        """Ten states on, or back."""
        self.step(direction * LEAP)

    def to_start(self) -> None:
        """Go to T."""
        self.scrub(self._controller.T)

    def to_end(self) -> None:
        """Go to 0."""
        self.scrub(0)

    def _nearest(self, t: int) -> int:
        states = self._controller.run.timesteps
        return int(states[int(np.abs(states - t).argmin())]) if len(states) else min(max(t, 0), self._controller.T)

    def _go(self, t: int) -> None:
        self._controller.following = False
        self._controller.part.update(t=t)

    # --- playing ---

    @property
    def playing(self) -> bool:
        """Whether the cursor moves by itself."""
        return self._timer.isActive()

    def toggle_play(self) -> None:
        """Play from here, or from T if at the end; or pause."""
        if self.playing:
            self.pause()
        elif self._controller.keys:
            t = self._controller.state.t
            self._start(self._controller.T if t == 0 else t)

    def pause(self) -> None:
        """Stop playing."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def set_loop(self, loop: bool) -> None:
        """Whether playing starts again at T."""
        self._controller.part.update(loop=loop)

    def _start(self, t: int) -> None:
        self._from = float(t)
        self._clock.start()
        self._go(self._nearest(t))
        self._timer.start()
        self.playing_changed.emit(True)

    def _tick(self) -> None:
        controller = self._controller
        due = self._from - self._clock.elapsed() / 1000 * controller.T / PLAY_SECONDS
        newest = controller.run.newest
        if controller.run.sampling and newest is not None and due < newest:
            # what is not sampled yet cannot be played: wait there
            self._from, due = float(newest), float(newest)
            self._clock.restart()
        if due > 0:
            self._go(self._nearest(round(due)))
            return
        self._go(0)
        if not controller.state.loop:
            self.pause()
        elif due < -REST_SECONDS / PLAY_SECONDS * controller.T:
            self._from = float(controller.T)
            self._clock.restart()

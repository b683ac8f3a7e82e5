"""Playing a stroke: its frames against the clock."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

FRAMES_PER_SECOND = 16.0
TICK_MILLISECONDS = 16


class Player(QObject):
    """Says which frame it is time for; frames that come too late are skipped.

    Signals
    -------
    frame_due(int)
    playing_changed(bool)
    """

    frame_due = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        self._clock = QElapsedTimer()
        self._start, self._count = 0, 0
        self._loop, self._speed = True, 1.0

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def play(self, frame: int, count: int, loop: bool, speed: float) -> None:
        """Play from a frame on, or from the start if it is the last; or go on so with other settings."""
        if count < 2:
            return
        self._start = 0 if frame >= count - 1 and not self.playing else frame
        self._count, self._loop, self._speed = count, loop, speed
        self._clock.restart()
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stop where it is."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _tick(self) -> None:
        frame = self._start + int(self._clock.elapsed() / 1000 * FRAMES_PER_SECOND * self._speed)
        if frame >= self._count and not self._loop:
            self.stop()
            frame = self._count - 1
        self.frame_due.emit(frame % self._count)

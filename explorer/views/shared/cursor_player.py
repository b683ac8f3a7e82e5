"""Playing: a cursor that moves by itself until it is at the end, or the person takes it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.state.store import Store


class CursorPlayer(QObject):
    """Moves a cursor of a workspace; which one, and how fast, is what is derived from it.

    Signals
    -------
    playing_changed(bool)
    """

    playing_changed = Signal(bool)
    tick_ms = 33
    """Milliseconds between two looks at the clock."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._timer = QTimer(self, interval=self.tick_ms)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether the cursor moves by itself."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play from here, from the start if at the end; or pause."""
        if self.playing:
            self.pause()
            return
        self._begin()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playing."""
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def scrub(self, place: int) -> None:
        """Go to a place."""
        self.pause()
        self._go(place)

    def _begin(self) -> None:
        """The person plays."""
        raise NotImplementedError

    def _go(self, place: int) -> None:
        """Put the cursor there."""
        raise NotImplementedError

    def _tick(self) -> None:
        """Some time has passed."""
        raise NotImplementedError

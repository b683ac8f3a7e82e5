"""The cursor along t, and playing from x_0 to noise, or down with particles."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject

from explorer.state.edits import forward as edits
from explorer.state.forward import ForwardState
from explorer.state.store import Store
from explorer.views.shared.cursor_player import CursorPlayer

PLAY_SECONDS = 8.0
REST_SECONDS = 1.0
LEAP = 10


class Player(CursorPlayer):
    """Moves the cursor of the Forward workspace."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self._clock = QElapsedTimer()
        self._from = 0

    @property
    def _state(self) -> ForwardState:
        return self._store.session.forward

    @property
    def _T(self) -> int:
        return self._state.recipe.schedule.T

    def step(self, count: int) -> None:
        """`count` timesteps; towards t = 0 if positive, as on every timeline here."""
        self.scrub(self._state.cursor - count)

    def leap(self, direction: int) -> None:
        """Ten timesteps."""
        self.step(direction * LEAP)

    def to_noise(self) -> None:
        """Go to T."""
        self.scrub(self._T)

    def to_image(self) -> None:
        """Go to 0."""
        self.scrub(0)

    def _begin(self) -> None:
        first, last = self._ends
        self._from = first if self._state.cursor == last else self._state.cursor
        self._clock.start()

    @property
    def _ends(self) -> tuple[int, int]:
        """Where playing begins and ends: up to noise, but in two dimensions down with the particles."""
        return (self._T, 0) if self._state.page == "plane" else (0, self._T)

    def _go(self, place: int) -> None:
        self._store.update(forward=edits.go_to(self._state, place))

    def _tick(self) -> None:
        (first, last), gone = self._ends, self._clock.elapsed() / 1000 * self._T / PLAY_SECONDS
        left = abs(last - self._from) - gone
        self._go(round(self._from + gone if last > first else self._from - gone))
        if left > 0:
            return
        if not self._state.loop:
            self.pause()
        elif -left > self._T * REST_SECONDS / PLAY_SECONDS:
            self._from = first
            self._clock.restart()

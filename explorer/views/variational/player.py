"""Playing a fit, or the ladder: the cursor along steps of the one, or networks of the other."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.recipe.variational import MOST_STEPS
from explorer.state.edits import variational as edits
from explorer.state.store import Store
from explorer.state.variational import VariationalState
from explorer.views.shared.cursor_player import CursorPlayer
from explorer.widgets.look.language import tr

CLIMB_MS = 1100
"""A network of the ladder stays so long."""


class VariationalPlayer(CursorPlayer):
    """Moves the cursor of the page in front one place at a time, never ahead of what is shown."""

    tick_ms = 50

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self._arrived = 0
        self._rungs: tuple[str, ...] = ()

    @property
    def _state(self) -> VariationalState:
        return self._store.session.variational

    @property
    def on_ladder(self) -> bool:
        """Whether the cursor is the ladder's."""
        return self._state.page == "ladder"

    @property
    def place(self) -> int:
        """Where the cursor is."""
        if not self.on_ladder:
            return self._state.step
        rung = self._state.recipe.ladder.rung
        return self._rungs.index(rung) if rung in self._rungs else 0

    @property
    def last(self) -> int:
        """Where it can be at most."""
        return max(0, len(self._rungs) - 1) if self.on_ladder else MOST_STEPS

    def set_rungs(self, names: tuple[str, ...]) -> None:
        """The networks of the ladder, by name."""
        self._rungs = names

    def step(self, count: int) -> None:
        """So many places on."""
        self.scrub(self.place + count)

    def to_end(self) -> None:
        """The last place."""
        self.scrub(self.last)

    def arrived(self, place: int) -> None:
        """A place is shown: the next may be asked for."""
        self._arrived = place

    def _begin(self) -> None:
        self._timer.setInterval(CLIMB_MS if self.on_ladder else self.tick_ms)
        if self.place >= self.last:
            self._go(0)
        self._arrived = self.place

    def _go(self, place: int) -> None:
        if self.on_ladder:
            self._store.update(tr("another network"), "variational.rung", variational=edits.climb(self._state, place, self._rungs))
        else:
            self._store.update(variational=edits.go_to(self._state, place))

    def _tick(self) -> None:
        if self._arrived < self.place:
            return
        if self.place < self.last:
            self._go(self.place + 1)
        elif self._state.loop:
            self._go(0)
            self._arrived = 0
        else:
            self.pause()

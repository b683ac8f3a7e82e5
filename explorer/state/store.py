"""The store: replaces the session whole, says so, and keeps the undo history."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject, Signal

from explorer.state.forward import ForwardState
from explorer.state.objective import ObjectiveState
from explorer.state.session import ChainState, LatentState, Session, recipes, with_recipes_of
from explorer.state.training import TrainingState
from explorer.state.variational import VariationalState

HISTORY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class _Entry:
    session: Session
    label: str
    merge: str


@dataclass(frozen=True, slots=True)
class History:
    """What can be undone and redone, the newest last."""

    past: tuple[_Entry, ...] = ()
    future: tuple[_Entry, ...] = ()


NO_HISTORY = History()


class Store(QObject):
    """The one place where the session changes.

    Signals
    -------
    changed(object, object)
        The session before and after, whenever they differ.
    history_changed()
        What can be undone or redone is another.
    """

    changed = Signal(object, object)
    history_changed = Signal()

    def __init__(self, session: Session | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session or Session()
        self._past: list[_Entry] = []
        self._future: list[_Entry] = []

    @property
    def session(self) -> Session:
        """What the person chose, now."""
        return self._session

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is anything to redo."""
        return bool(self._future)

    @property
    def undo_label(self) -> str:
        """What would be undone; empty if nothing."""
        return self._past[-1].label if self._past else ""

    @property
    def redo_label(self) -> str:
        """What would be redone; empty if nothing."""
        return self._future[-1].label if self._future else ""

    def replace(self, session: Session, label: str = "", merge: str = "") -> None:
        """Take a new session.

        If its recipes differ, the old one goes on the undo history as `label`; consecutive changes with the
        same non-empty `merge` (a drag, typing a number) are one entry.
        """
        old = self._session
        if session == old:
            return
        if recipes(session) != recipes(old):
            if not (merge and self._past and self._past[-1].merge == merge and not self._future):
                self._past.append(_Entry(old, label, merge))
                del self._past[:-HISTORY_LIMIT]
            self._future.clear()
            self._session = session
            self.history_changed.emit()
        self._session = session
        self.changed.emit(old, session)

    @property
    def history(self) -> History:
        """What can be undone and redone now, to be put aside with the session."""
        return History(tuple(self._past), tuple(self._future))

    def start_from(self, session: Session, history: History = NO_HISTORY) -> None:
        """Take a session as the beginning, with the history that was put aside with it: else there is nothing to undo before it."""
        old = self._session
        self._past[:] = history.past
        self._future[:] = history.future
        self._session = session
        self.history_changed.emit()
        if session != old:
            self.changed.emit(old, session)

    def update(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the session itself."""
        self.replace(msgspec.structs.replace(self._session, **fields), label, merge)

    def update_reverse(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Reverse chain's state."""
        state: ChainState = msgspec.structs.replace(self._session.reverse, **fields)
        self.update(label, merge, reverse=state)

    def update_compare(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of Compare's state."""
        state: ChainState = msgspec.structs.replace(self._session.compare, **fields)
        self.update(label, merge, compare=state)

    def update_latent(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Latent workspace's state."""
        state: LatentState = msgspec.structs.replace(self._session.latent, **fields)
        self.update(label, merge, latent=state)

    def update_forward(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Forward workspace's state."""
        state: ForwardState = msgspec.structs.replace(self._session.forward, **fields)
        self.update(label, merge, forward=state)

    def update_objective(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Objective workspace's state."""
        state: ObjectiveState = msgspec.structs.replace(self._session.objective, **fields)
        self.update(label, merge, objective=state)

    def update_variational(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Variational workspace's state."""
        state: VariationalState = msgspec.structs.replace(self._session.variational, **fields)
        self.update(label, merge, variational=state)

    def update_training(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the Training workspace's state."""
        state: TrainingState = msgspec.structs.replace(self._session.training, **fields)
        self.update(label, merge, training=state)

    def end_merge(self) -> None:
        """The drag is over: the next change is an entry of its own."""
        if self._past:
            last = self._past[-1]
            self._past[-1] = _Entry(last.session, last.label, "")

    def undo(self) -> None:
        """Go back to the recipes before the last change; nothing if there is none."""
        self._step(self._past, self._future)

    def take_back(self, label: str) -> bool:
        """Undo the last change if it is called that; whether it was."""
        if self.undo_label != label:
            return False
        self.undo()
        return True

    def redo(self) -> None:
        """Undo the last undo; nothing if there is none."""
        self._step(self._future, self._past)

    def _step(self, source: list[_Entry], target: list[_Entry]) -> None:
        if not source:
            return
        entry = source.pop()
        old = self._session
        target.append(_Entry(old, entry.label, ""))
        self._session = with_recipes_of(old, entry.session)
        self.history_changed.emit()
        self.changed.emit(old, self._session)

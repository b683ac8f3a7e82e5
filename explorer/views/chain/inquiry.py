"""Questions to the engine of which only the newest matters: one under way, at most one waiting, for each name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.engine.client import Client
from explorer.engine.messages import Cancelled, Failed, Outcome, Payload

Receiver = Callable[[Outcome], None]


class Inquiry(QObject):
    """Sends a question when the one before it has been answered.

    Sending each at once would make every answer stale before it came while the person drags, and nothing
    would be shown until the hand rests.

    Signals
    -------
    settled()
        Nothing is under way any more.
    """

    settled = Signal()

    def __init__(self, client: Client, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._prefix = client, prefix
        self._under_way: dict[str, Payload] = {}
        self._next: dict[str, tuple[Payload, Receiver]] = {}

    @property
    def idle(self) -> bool:
        """Whether every question is answered."""
        return not self._under_way

    def ask(self, name: str, payload: Payload, receiver: Receiver) -> None:
        """Ask; a question of the same name that still waits is forgotten."""
        if name in self._under_way:
            self._next[name] = (payload, receiver)
            return
        self._under_way[name] = payload

        def take(outcome: Outcome) -> None:
            self._answered(name)
            if not isinstance(outcome, Cancelled):
                receiver(outcome)
            self._settle()

        def fail(outcome: Outcome) -> None:
            self._answered(name)
            if isinstance(outcome, Failed):
                self._client.failed.emit(outcome)
            self._settle()

        self._client.send(payload, f"{self._prefix}.{name}", take, on_failure=fail)

    def drop(self) -> None:
        """Forget what was asked: its answers do not count any more."""
        for name in list(self._under_way):
            self._client.cancel(f"{self._prefix}.{name}")
        self._under_way.clear()
        self._next.clear()

    def _answered(self, name: str) -> None:
        self._under_way.pop(name, None)
        if name in self._next:
            self.ask(name, *self._next.pop(name))

    def _settle(self) -> None:
        if self.idle:
            self.settled.emit()

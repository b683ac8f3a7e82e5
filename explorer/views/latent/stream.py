"""A question whose answer comes in parts, coarse first; a newer question takes its place at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.engine.client import Client
from explorer.engine.messages import Cancelled, Failed, Outcome, Payload

Receiver = Callable[[Outcome], None]


class Streams(QObject):
    """Questions by name; each name is a channel of its own, on which the latest wins.

    Signals
    -------
    settled()
        Every question is answered whole.
    """

    settled = Signal()

    def __init__(self, client: Client, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._prefix = client, prefix
        self._asked: dict[str, Payload] = {}
        self._open: set[str] = set()

    @property
    def idle(self) -> bool:
        """Whether every question is answered whole."""
        return not self._open

    def is_open(self, name: str) -> bool:
        """Whether an answer of that name is still to come."""
        return name in self._open

    def asked(self, name: str) -> Payload | None:
        """The last question of that name, answered or not."""
        return self._asked.get(name)

    def ask(self, name: str, payload: Payload, receiver: Receiver) -> None:
        """Ask, unless it is what was asked last."""
        if self._asked.get(name) == payload:
            return
        self._asked[name] = payload
        self._open.add(name)

        def take(outcome: Outcome) -> None:
            if not getattr(outcome, "partial", False):
                self._open.discard(name)
            if not isinstance(outcome, Cancelled):
                receiver(outcome)
            self._settle()

        def fail(outcome: Outcome) -> None:
            self._open.discard(name)
            if isinstance(outcome, Failed):
                self._client.failed.emit(outcome)
            self._settle()

        self._client.send(payload, f"{self._prefix}.{name}", take, on_failure=fail)

    def forget(self, name: str) -> None:
        """Stop it, and ask anew next time."""
        if self._asked.pop(name, None) is not None and name in self._open:
            self._client.cancel(f"{self._prefix}.{name}")
            self._open.discard(name)

    def drop(self) -> None:
        """Stop all."""
        for name in list(self._asked):
            self.forget(name)

    def _settle(self) -> None:
        if self.idle:
            self.settled.emit()

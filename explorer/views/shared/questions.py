"""Questions to the engine, by name: what becomes of one that is asked while the one before it is under way."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from explorer.engine.thread.client import Client, Job
from explorer.engine.thread.messages import Cancelled, Failed
from explorer.engine.thread.requests import Outcome, Payload
from explorer.widgets.look.language import tr

Receiver = Callable[[Outcome], None]
FailureReceiver = Callable[[Failed], None]


class When(enum.Enum):
    """When a question is sent if one of its name is under way."""

    ANSWERED = tr("when answered")
    """When the other is answered, if only in part; of those that wait, the newest is kept.

    Sending each at once would make every answer stale before it came while the person drags, and nothing would be shown until
    the hand rests.
    """
    AT_ONCE = tr("latest wins")
    """At once: the other is stopped, and its answer dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    payload: Payload
    receiver: Receiver
    on_failure: FailureReceiver | None


class Questions(QObject):
    """Each name is a channel of its own; an answer may come in parts.

    Signals
    -------
    settled()
        The last question that was under way has been answered whole, or has failed.
    """

    settled = Signal()

    def __init__(self, client: Client, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._prefix = client, prefix
        self._under_way: dict[str, Job] = {}
        self._next: dict[str, _Question] = {}
        self._in_part: set[str] = set()
        self._asked: dict[str, Payload] = {}

    @property
    def idle(self) -> bool:
        """Whether every question is answered whole."""
        return not self._under_way

    def is_open(self, name: str) -> bool:
        """Whether an answer of that name, or a part of one, is still to come."""
        return name in self._under_way

    def asked(self, name: str) -> Payload | None:
        """The last question of that name, answered or not; None if it failed or was forgotten."""
        return self._asked.get(name)

    def ask(
        self,
        name: str,
        payload: Payload,
        receiver: Receiver,
        when: When = When.ANSWERED,
        *,
        once: bool = False,
        on_failure: FailureReceiver | None = None,
    ) -> None:
        """Ask.

        Parameters
        ----------
        name : str
        payload : Payload
        receiver : callable
            Gets every part of the answer.
        when : When
        once : bool
            Do not ask what was the last question of that name: its answer is known, or comes. One that failed is asked again.
        on_failure : callable, optional
            Gets a Failed; without it the client's `failed` is emitted.
        """
        if once and self._asked.get(name) == payload:
            return
        self._asked[name] = payload
        question = _Question(payload, receiver, on_failure)
        if when is When.ANSWERED and name in self._under_way and name not in self._in_part:
            self._next[name] = question
        else:
            self._next.pop(name, None)
            self._send(name, question)

    def forget(self, name: str) -> None:
        """Stop the questions of a name, and ask the same anew next time. Emits nothing."""
        self._asked.pop(name, None)
        self._next.pop(name, None)
        if self._under_way.pop(name, None) is not None:
            self._client.cancel(self._channel(name))

    def drop(self) -> None:
        """Forget all."""
        for name in {*self._asked, *self._under_way}:
            self.forget(name)

    def expire(self) -> None:
        """Ask anew next time whatever has been asked; what is under way is still answered."""
        self._asked.clear()

    def _channel(self, name: str) -> str:
        return f"{self._prefix}.{name}"

    def _send(self, name: str, question: _Question) -> None:
        self._in_part.discard(name)
        take, fail = partial(self._take, name, question), partial(self._fail, name, question)
        self._under_way[name] = self._client.send(question.payload, self._channel(name), take, on_failure=fail)

    def _take(self, name: str, question: _Question, outcome: Outcome) -> None:
        if not self._go_on(name):
            self._in_part.add(name)
            if not self._client.expects(self._under_way[name]):
                del self._under_way[name]
        if not isinstance(outcome, Cancelled):
            question.receiver(outcome)
        self._settle()

    def _fail(self, name: str, question: _Question, outcome: Outcome) -> None:
        if not self._go_on(name):
            del self._under_way[name]
            self._asked.pop(name, None)  # not known after all: the same question shall be asked again
        if isinstance(outcome, Failed):
            (question.on_failure or self._client.failed.emit)(outcome)
        self._settle()

    def _go_on(self, name: str) -> bool:
        """Send the question that waits; False if none does."""
        waiting = self._next.pop(name, None)
        if waiting is not None:
            self._send(name, waiting)
        return waiting is not None

    def _settle(self) -> None:
        if self.idle:
            self.settled.emit()

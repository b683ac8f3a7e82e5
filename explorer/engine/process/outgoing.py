"""What is on its way to an engine elsewhere and not written yet: nothing that is superseded is sent."""

from __future__ import annotations

import threading

from explorer.engine.process.codec import Cancel
from explorer.engine.thread.requests import Request


class Outgoing:
    """Thread-safe; put into by the window, which never waits, and taken from by the thread that writes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Request | Cancel] = {}
        self._count = 0
        self._closed = False

    def put(self, message: Request | Cancel) -> None:
        """Add a request or a cancellation; what it makes stale is not sent any more."""
        with self._changed:
            if isinstance(message, Cancel) or not message.queued:
                stale = [i for i, m in self._waiting.items() if m.channel == message.channel and m.generation < message.generation]
                for i in stale:
                    del self._waiting[i]
            self._waiting[self._count] = message
            self._count += 1
            self._changed.notify()

    def take(self) -> Request | Cancel | None:
        """The oldest; waits until there is one. None when it is closed: what still waits is not worth sending."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return None if self._closed else self._waiting.pop(next(iter(self._waiting)))

    def close(self) -> None:
        """Nothing more is to be sent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

"""What is on its way to an engine elsewhere and not written yet: nothing that is superseded is sent."""

from __future__ import annotations

import threading
from collections.abc import Callable

from explorer.engine.process.codec import Cancel, Hide
from explorer.engine.thread.requests import Request


class Outgoing:
    """Thread-safe; put into by the window, which never waits, and taken from by the thread that writes."""

    def __init__(self) -> None:
        self.told: Callable[[], object] = lambda: None
        """Called when there is something to take, or it is closed."""
        self._changed = threading.Condition()
        self._waiting: dict[int, Request | Cancel | Hide] = {}
        self._count = 0
        self._closed = False

    def put(self, message: Request | Cancel | Hide) -> None:
        """Add a request, a cancellation or what is hidden by now; what it makes stale is not sent any more."""
        with self._changed:
            for i in [i for i, waiting in self._waiting.items() if _makes_stale(message, waiting)]:
                del self._waiting[i]
            self._waiting[self._count] = message
            self._count += 1
            self._changed.notify()
        self.told()

    def take(self) -> Request | Cancel | Hide | None:
        """The oldest; waits until there is one. None when it is closed: what still waits is not worth sending."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return None if self._closed else self._waiting.pop(next(iter(self._waiting)))

    def take_now(self) -> Request | Cancel | Hide | None:
        """The oldest; None if there is none now, or it is closed."""
        with self._changed:
            return None if self._closed or not self._waiting else self._waiting.pop(next(iter(self._waiting)))

    @property
    def closed(self) -> bool:
        """Whether nothing more is to be sent."""
        with self._changed:
            return self._closed

    def close(self) -> None:
        """Nothing more is to be sent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.told()


def _makes_stale(newer: Request | Cancel | Hide, older: Request | Cancel | Hide) -> bool:
    if isinstance(newer, Hide) or isinstance(older, Hide):
        return isinstance(newer, Hide) and isinstance(older, Hide)
    if isinstance(newer, Request) and newer.queued:
        return False
    return older.channel == newer.channel and older.generation < newer.generation

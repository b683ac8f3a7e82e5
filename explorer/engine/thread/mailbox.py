"""Requests on their way to the engine thread: latest wins, queues, cancelling. No Qt, no torch."""

from __future__ import annotations

import threading
from collections.abc import Container

from explorer.engine.thread.bell import Bell
from explorer.engine.thread.requests import Request

Rank = tuple[bool, bool]
"""Whether nobody looks at what a request is for, and whether it is background work: the smaller goes first."""


class Mailbox:
    """Thread-safe; posted to by the window, taken from by the engine thread.

    Attributes
    ----------
    bell : Bell
        Rung when there is something to look at, for who waits for something else meanwhile.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Request] = {}
        self._generations: dict[str, int] = {}
        self._hidden: frozenset[str] = frozenset()
        self._closed = False
        self._changes = 0
        self.bell = Bell()

    def post(self, request: Request) -> None:
        """Add a request; unless it is queued, those of its channel that still wait are dropped."""
        with self._changed:
            if not request.queued:
                self._forget(request.channel, request.generation)
            self._waiting[request.request_id] = request
            self._changes += 1
            self._changed.notify()
        self.bell.ring()

    def cancel(self, channel: str, generation: int) -> None:
        """Drop the channel's waiting requests, and have the running one stop at its next cancel point."""
        with self._changed:
            self._forget(channel, generation)
            self._changed.notify()
        self.bell.ring()

    def _forget(self, channel: str, generation: int) -> None:
        self._generations[channel] = max(generation, self._generations.get(channel, 0))
        stale = [i for i, r in self._waiting.items() if r.channel == channel and r.generation < generation]
        for request_id in stale:
            del self._waiting[request_id]

    def superseded(self, request: Request) -> bool:
        """Whether nobody waits for this request's results any more."""
        with self._changed:
            return self._closed or request.generation < self._generations.get(request.channel, 0)

    def take(self, under_way: Rank | None = None, besides: Container[str] = ()) -> Request | None:
        """The first of the requests that wait, by their ranks and then by their age; None if there is none to begin with now.

        Parameters
        ----------
        under_way : Rank or None
            The first of those that are begun: only what goes before that is taken, or background work that is alike, which takes turns.
        besides : container of str
            Channels of which none is taken.
        """
        with self._changed:
            fitting = (request for request in self._waiting.values() if request.channel not in besides)
            first = min(fitting, key=self._rank, default=None)  # the oldest of those that are alike
            if first is None:
                return None
            rank = self._rank(first)
            if under_way is not None and not (rank < under_way or (rank == under_way and first.payload.background)):
                return None
            return self._waiting.pop(first.request_id)

    def hide(self, owners: frozenset[str]) -> None:
        """Whose channels nobody looks at; a channel's owner is its name up to the first dot."""
        with self._changed:
            self._hidden = owners
        self.bell.ring()

    def rank(self, request: Request) -> Rank:
        """Who goes before it."""
        with self._changed:
            return self._rank(request)

    def _rank(self, request: Request) -> Rank:
        return request.channel.partition(".")[0] in self._hidden, request.payload.background

    def wait(self) -> bool:
        """Sleep until there is a request; False when the mailbox is closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return not self._closed

    def waiting(self) -> tuple[Request, ...]:
        """Requests that wait, the oldest first."""
        with self._changed:
            return tuple(self._waiting.values())

    def claim(self, request: Request) -> bool:
        """Take that request; False if it does not wait any more."""
        with self._changed:
            return self._waiting.pop(request.request_id, None) is not None

    def nudge(self) -> None:
        """Wake who waits for a change."""
        with self._changed:
            self._changes += 1
            self._changed.notify()

    def wait_for_change(self, seen: int) -> int:
        """Sleep until there is another request, or a nudge, since the number that this gave the last time."""
        with self._changed:
            while self._changes == seen and not self._closed:
                self._changed.wait()
            return self._changes

    def close(self) -> None:
        """No more requests: everything waiting and running is superseded."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify()
        self.bell.ring()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        with self._changed:
            return self._closed

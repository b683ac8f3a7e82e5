"""Results on their way to the window: at most one wake-up pending, progress at most 30 times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from explorer.engine.thread.requests import Result

PROGRESS_INTERVAL = 1 / 30


class Taken(NamedTuple):
    """A result, the seconds for which it has waited, and how many of other channels could have been taken in its place."""

    result: Result
    waited: float
    others: int


class Outbox:
    """Thread-safe; put into by the engine thread, taken from by the window, or by what carries results there.

    Parameters
    ----------
    wake : callable
        Called on the engine thread when the window should take; not again until it has taken all.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, wake: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._wake, self._clock = wake, clock
        self._lock = threading.Lock()
        self._results: dict[int, tuple[Result, float]] = {}
        """In order, and when each was put."""
        self._progress: dict[int, int] = {}
        self._count = 0
        self._wake_pending = False
        self._progress_at = float("-inf")

    def put(self, result: Result) -> None:
        """Add a result; newer progress of a request replaces older that was not taken."""
        with self._lock:
            progress = result.outcome.progress
            if progress:  # also where other requests have answered in between: nothing queues up where the way is slow
                self._results.pop(self._progress.get(result.request_id, -1), None)
                self._progress[result.request_id] = self._count
            now = self._clock()
            self._results[self._count] = result, now
            self._count += 1
            if self._wake_pending or (progress and now - self._progress_at < PROGRESS_INTERVAL):
                return
            if progress:
                self._progress_at = now
            self._wake_pending = True
        self._wake()

    def take(self) -> list[Result]:
        """All results so far, oldest first."""
        with self._lock:
            results = [result for result, _ in self._results.values()]
            self._clear()
            return results

    def take_one(self) -> Result | None:
        """The oldest result; None if there is none. Of what is not taken yet, newer progress still replaces older."""
        with self._lock:
            if not self._results:
                self._clear()
                return None
            return self._results.pop(next(iter(self._results)))[0]

    def take_where(self, fits: Callable[[Result], bool]) -> Taken | None:
        """The oldest result that fits and has no older one of its channel before it; None if there is none."""
        with self._lock:
            passed: set[str] = set()
            found = []
            for i, (result, _) in self._results.items():
                if result.channel not in passed:
                    if fits(result):
                        found.append(i)
                    passed.add(result.channel)
            if found:
                result, at = self._results.pop(found[0])
                return Taken(result, self._clock() - at, len(found) - 1)
            if not self._results:
                self._clear()
            return None

    def drop(self, channel: str, generation: int) -> None:
        """Forget the channel's results older than `generation`: nobody waits for them."""
        with self._lock:
            stale = [i for i, (r, _) in self._results.items() if r.channel == channel and r.generation < generation]
            for i in stale:
                del self._results[i]

    def _clear(self) -> None:
        self._results.clear()
        self._progress.clear()
        self._wake_pending = False

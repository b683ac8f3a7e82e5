"""Results on their way to the window: at most one wake-up pending, progress at most 30 times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from explorer.engine.thread.requests import Result

PROGRESS_INTERVAL = 1 / 30


class Outbox:
    """Thread-safe; put into by the engine thread, taken from by the window.

    Parameters
    ----------
    wake : callable
        Called on the engine thread when the window should take; not again until it has.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, wake: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._wake, self._clock = wake, clock
        self._lock = threading.Lock()
        self._results: list[Result] = []
        self._wake_pending = False
        self._progress_at = float("-inf")

    def put(self, result: Result) -> None:
        """Add a result; newer progress of a request replaces older that was not taken."""
        with self._lock:
            progress = result.outcome.progress
            last = self._results[-1] if self._results else None
            if progress and last is not None and last.request_id == result.request_id and last.outcome.progress:
                self._results.pop()
            self._results.append(result)
            now = self._clock()
            if self._wake_pending or (progress and now - self._progress_at < PROGRESS_INTERVAL):
                return
            if progress:
                self._progress_at = now
            self._wake_pending = True
        self._wake()

    def take(self) -> list[Result]:
        """All results so far, oldest first."""
        with self._lock:
            results, self._results = self._results, []
            self._wake_pending = False
            return results

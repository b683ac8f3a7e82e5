"""How often a window looks at a chain that is being made: as often as the chain hardly feels."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

LEAST_MS, MOST_MS = 80, 250
"""Between two looks: each is pictures to ask for and a window to paint, on the processors that the chain is made on."""
SHARE = 0.04
"""Of the processors' time, what looking may take."""


class Pace:
    """Measures what looking costs, in processor time of this process since the look before.

    Parameters
    ----------
    clock : callable
        Seconds of processor time of this process.
    processors : int, optional
        That there are; those of this machine if left out.
    """

    def __init__(self, clock: Callable[[], float] = time.process_time, processors: int | None = None) -> None:
        self._clock, self._processors = clock, processors or os.cpu_count() or 1
        self._before = clock()
        self._pause = LEAST_MS

    def begin(self) -> None:
        """A chain begins: what was done before has nothing to do with it."""
        self._before, self._pause = self._clock(), LEAST_MS

    def looks(self) -> int:
        """It looks now: milliseconds until it may again."""
        now = self._clock()
        cost, self._before = now - self._before, now
        wanted = 1000 * cost / (SHARE * self._processors)
        self._pause = round(min(max((self._pause + wanted) / 2, LEAST_MS), MOST_MS))  # what happens once changes little
        return self._pause

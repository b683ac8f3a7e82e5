"""Which result goes to the window next, and how much of it at first: pictures no finer than the way carries in time, exact ones after them.

No thread and no clock of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO

from explorer.engine.process.codec import Writer
from explorer.engine.process.elsewhere.flow import Flow
from explorer.engine.process.elsewhere.names import weight
from explorer.engine.process.elsewhere.segments import Frame, Priority
from explorer.engine.process.frames import BrokenFrame
from explorer.engine.thread.loop import failure
from explorer.engine.thread.outbox import Outbox, Taken
from explorer.engine.thread.requests import Outcome, Result

LIGHT_BYTES = 4096
"""Of arrays in a result that still goes before pictures."""
LOOK_SECONDS = 0.1
"""For which what was made together is on its way, before all of it can be seen."""
LEAST_SECONDS = 0.04
"""The same of what has waited for others, or is one of many."""
SMALLER, LOOK_SMALLER = 8, 100
"""Times that results, and looks, which have no values, become smaller when packed: of larger ones it is not tried whether they fit."""
SLOWEST = 12_500.0
"""Bytes a second that every way carries: what is assumed until more is known."""
FAST = 2e7
"""Bytes a second from which arrays are not packed: the way takes less time than that would."""


@dataclass(frozen=True, slots=True, eq=False)
class _Later:
    """A result that is shown later, or anew: all of it, or its finest look."""

    result: Result
    whole: bool = True


class Sending:
    """What is sent of an outbox.

    Parameters
    ----------
    outbox : Outbox
    flow : Flow
        What is known of the way.
    under_way : callable
        Results that are begun and not whole (None for what is no result).
    """

    def __init__(self, outbox: Outbox, flow: Flow, under_way: Callable[[], tuple[Result | None, ...]]) -> None:
        self._outbox, self._flow, self._under_way = outbox, flow, under_way
        self._lock = threading.Lock()
        self._later: list[_Later] = []
        self._oldest: dict[str, int] = {}
        self._is_look = False
        self._writer = Writer(BytesIO(), packs=lambda: self._is_look or flow.rate < FAST)

    def forget(self, channel: str, generation: int) -> None:
        """Nobody waits any more for the channel's results older than `generation`."""
        self._outbox.drop(channel, generation)
        with self._lock:
            self._oldest[channel] = generation
            self._later = [each for each in self._later if not self._is_stale(each.result)]

    def pull(self, priority: Priority) -> Frame[Result | None] | None:
        """The next frame of a priority of results; None if there is none."""
        if priority == Priority.REST:
            return self._next_later()
        while (taken := self._take(priority)) is not None:
            frame = self._in_time(taken) if priority == Priority.HEAVY else self._frame(taken.result)
            if frame is not None:
                return frame
            self._put_later(_Later(taken.result))
        return None

    def _take(self, priority: Priority) -> Taken | None:
        """The oldest of its priority; of a channel none before the one that is on its way, or waits to be, is whole."""
        with self._lock:
            busy = {each.result.channel for each in self._later}
        busy |= {result.channel for result in self._under_way() if result is not None}
        return self._outbox.take_where(lambda r: r.channel not in busy and priority_of(r.outcome) == priority)

    def _in_time(self, taken: Taken) -> Frame[Result | None] | None:
        """All of a result if it comes in time, else the finest look that does, or the coarsest; None where there is none."""
        result, room = taken.result, self._room(taken)
        if weight(result.outcome) <= SMALLER * room and len((frame := self._frame(result)).content) <= room:
            return frame
        found: Frame[Result | None] | None = None
        is_finest = True
        for look in result.outcome.looks(room):
            if not is_finest or weight(look) <= LOOK_SMALLER * room:
                found = self._look(result, look)
                if len(found.content) <= room:
                    break
            is_finest = False
        if found is not None:
            self._put_later(_Later(result, whole=is_finest))
        return found

    def _room(self, taken: Taken) -> float:
        """Bytes that are in time."""
        seconds = max((LOOK_SECONDS - taken.waited) / (1 + taken.others), LEAST_SECONDS)
        return seconds * max(self._flow.rate, SLOWEST)

    def _put_later(self, later: _Later) -> None:
        with self._lock:
            if not self._is_stale(later.result):  # it may have become so while it was packed
                self._later.append(later)

    def _is_stale(self, result: Result) -> bool:
        return result.generation < self._oldest.get(result.channel, 0)

    def _next_later(self) -> Frame[Result | None] | None:
        """What is soon there first."""
        with self._lock:
            if not self._later:
                return None
            later = min(self._later, key=lambda each: weight(each.result.outcome))
            self._later.remove(later)
            if not later.whole:
                self._later.append(_Later(later.result))
        return self._frame(later.result) if later.whole else self._look(later.result, next(later.result.outcome.looks(float("inf"))))

    def _look(self, result: Result, look: Outcome) -> Frame[Result | None]:
        self._is_look = True
        try:
            return self._frame(replace(result, outcome=look, last=False))
        finally:
            self._is_look = False

    def _frame(self, result: Result) -> Frame[Result | None]:
        try:
            content = self._writer.frame(result)
        except BrokenFrame as error:
            content = self._writer.frame(replace(result, outcome=failure(error)))
        return Frame(content, result)


def priority_of(outcome: Outcome) -> Priority:
    """What a result goes before and after."""
    if weight(outcome) <= LIGHT_BYTES:
        return Priority.LIGHT
    return Priority.BULK if outcome.bulk else Priority.HEAVY

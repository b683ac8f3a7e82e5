"""Frames cut into segments, so that what is urgent goes between those of what is large; and put together again.

Every priority carries one frame at a time, in order. A lesser number goes first; only looks at pictures leave a share to what follows them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from explorer.engine.process.elsewhere.flow import Flow
from explorer.engine.process.frames import MAX_HEADER, MAX_TAIL, BrokenFrame

HEAD = struct.Struct("<BBxxI")  # priority or ACK, what it is, bytes that follow
MAX_FRAME = MAX_HEADER + MAX_TAIL


class Priority(IntEnum):
    """What goes before what."""

    TALK = 0
    """About files."""
    LIGHT = 1
    """Requests, and results that are small: progress among them."""
    HEAVY = 2
    """Results with pictures and other arrays."""
    REST = 3
    """What results have beside what was shown at first."""
    DATA = 4
    """What is in files."""
    BULK = 5
    """Results that can wait."""


class Kind(IntEnum):
    """What a segment is."""

    MORE = 0
    LAST = 1
    """The frame is whole."""
    DROPPED = 2
    """The frame's rest is not sent: nobody waits for it any more."""
    ACKNOWLEDGED = 3
    """Of no priority: the oldest segment that was not acknowledged has come."""
    ALIVE = 4
    """Of no priority: there was nothing else to say."""


_PRIORITIES = frozenset(int(each) for each in Priority)
SHARE = 4
"""Segments of pictures after which there is one of what comes after them: where a way is slow and short, there would never be any."""
_YIELDING = tuple(sorted(Priority, key=lambda each: {Priority.REST: Priority.HEAVY, Priority.HEAVY: Priority.REST}.get(each, each)))
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Frame(Generic[K]):
    """A frame to be sent, and by what the sender knows it."""

    content: bytes | memoryview
    key: K


@dataclass(slots=True)
class _Cut(Generic[K]):
    rest: memoryview
    key: K
    is_dropped: bool = False


class Cutter(Generic[K]):
    """Says what to write next; of one thread at a time.

    Parameters
    ----------
    flow : Flow
        How much may be on the way.
    pull : callable
        The next frame of a priority, None if there is none: asked for no earlier than it can be sent.
    """

    def __init__(self, flow: Flow, pull: Callable[[Priority], Frame[K] | None]) -> None:
        self._flow, self._pull = flow, pull
        self._cuts: dict[Priority, _Cut[K]] = {}
        self._in_a_row = 0

    @property
    def under_way(self) -> tuple[K, ...]:
        """Keys of frames that are begun and not whole."""
        return tuple(cut.key for cut in self._cuts.values() if not cut.is_dropped)

    def drop(self, is_stale: Callable[[K], bool]) -> None:
        """Send no more of what nobody waits for."""
        for cut in self._cuts.values():
            cut.is_dropped = cut.is_dropped or is_stale(cut.key)

    def next(self, now: float) -> bytes | None:
        """The next segment, its head before it; None while there is none, or the way is full."""
        if not self._flow.is_open:
            return None
        for priority in Priority if self._in_a_row < SHARE else _YIELDING:
            cut = self._cuts.get(priority)
            if cut is None:
                frame = self._pull(priority)
                if frame is None:
                    continue
                cut = self._cuts[priority] = _Cut(memoryview(frame.content).cast("B"), frame.key)
            segment = self._cut(priority, cut)
            self._flow.sent(len(segment), now)
            if priority in (Priority.HEAVY, Priority.REST):
                self._in_a_row = self._in_a_row + 1 if priority == Priority.HEAVY else 0
            return segment
        return None

    def _cut(self, priority: Priority, cut: _Cut[K]) -> bytes:
        if cut.is_dropped:
            del self._cuts[priority]
            return HEAD.pack(priority, Kind.DROPPED, 0)
        part, cut.rest = cut.rest[: self._flow.segment], cut.rest[self._flow.segment :]
        if not cut.rest:
            del self._cuts[priority]
        return HEAD.pack(priority, Kind.MORE if cut.rest else Kind.LAST, len(part)) + part


class Joiner:
    """Puts the segments of each priority together again."""

    def __init__(self) -> None:
        self._parts: dict[int, bytearray] = {}

    def take(self, priority: int, kind: int, content: bytes) -> tuple[Priority, bytearray] | None:
        """Add a segment; the frame that is whole with it.

        Raises
        ------
        BrokenFrame
            If it is no segment, or its frame is too large.
        """
        if priority not in _PRIORITIES or kind > Kind.DROPPED:
            raise BrokenFrame(f"this is not what an engine says: a segment {kind} on priority {priority}")
        if kind == Kind.DROPPED:
            self._parts.pop(priority, None)
            return None
        parts = self._parts.setdefault(priority, bytearray())
        if len(parts) + len(content) > MAX_FRAME:
            raise BrokenFrame(f"a frame of more than {MAX_FRAME >> 20} MB is too large")
        parts += content
        if kind == Kind.MORE:
            return None
        return Priority(priority), self._parts.pop(priority)

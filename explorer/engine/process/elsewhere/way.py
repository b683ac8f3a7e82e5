"""The way between the two sides: a thread writes segments, another reads them, and what comes is acknowledged. Alike on both sides."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import IO, Generic

from explorer.engine.process.elsewhere.flow import Flow
from explorer.engine.process.elsewhere.segments import HEAD, Cutter, Frame, Joiner, K, Kind, Priority
from explorer.engine.process.frames import BrokenFrame

ALIVE_SECONDS = 5.0
"""Who has nothing to say says so."""
SILENT_SECONDS = 30.0
"""After which the other side is given up: a connection may break without a word."""
MOST_SEGMENT = 2**20
_NONE = 255


class Way(Generic[K]):
    """Carries frames both ways.

    Parameters
    ----------
    pull : callable
        The next frame of a priority, or None; asked on the thread that writes.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, pull: Callable[[Priority], Frame[K] | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._owed = 0
        self._news = True
        self._closed = False
        self._heard = clock()
        self.flow = Flow()
        self._cutter: Cutter[K] = Cutter(self.flow, pull)

    def nudge(self) -> None:
        """There is something to pull."""
        with self._changed:
            self._news = True
            self._changed.notify()

    def close(self) -> None:
        """Write nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def under_way(self) -> tuple[K, ...]:
        """Keys of frames that are begun and not whole; for `pull`, on the thread that writes."""
        return self._cutter.under_way

    def drop(self, is_stale: Callable[[K], bool]) -> None:
        """Send no more of what nobody waits for."""
        with self._changed:
            self._cutter.drop(is_stale)

    def is_silent(self) -> bool:
        """Whether nothing was heard for too long."""
        return self._clock() - self._heard > SILENT_SECONDS

    def write(self, sink: IO[bytes], silent: Callable[[], object]) -> None:
        """Write until closed (OSError if nobody reads any more); `silent` is called where nothing is heard any more."""
        said = self._clock()
        while True:
            with self._changed:
                owed, segment = self._next()
                if not owed and segment is None:
                    if self._closed:
                        return
                    self._changed.wait_for(lambda: self._closed or self._news or self._owed > 0, ALIVE_SECONDS)
                if self._closed:
                    return
            if self.is_silent():
                silent()
                return
            for _ in range(owed):
                sink.write(HEAD.pack(_NONE, Kind.ACKNOWLEDGED, 0))
            if segment is not None:
                sink.write(segment)
            if owed or segment is not None:
                said = self._clock()
            elif self._clock() - said >= ALIVE_SECONDS:
                sink.write(HEAD.pack(_NONE, Kind.ALIVE, 0))
                said = self._clock()
            sink.flush()

    def _next(self) -> tuple[int, bytes | None]:
        owed, self._owed = self._owed, 0
        self._news = False
        return owed, self._cutter.next(self._clock())

    def read(self, source: IO[bytes], take: Callable[[Priority, bytearray], object]) -> None:
        """Read until the other side ends, and have every frame taken.

        Raises
        ------
        BrokenFrame
            If what comes is no segment, or breaks off.
        """
        joiner = Joiner()
        while head := source.read(HEAD.size):
            if len(head) < HEAD.size:
                raise BrokenFrame("a frame breaks off")
            priority, kind, length = HEAD.unpack(head)
            if length > MOST_SEGMENT:
                raise BrokenFrame(f"this is not what an engine says: {head!r}")
            content = source.read(length)
            if len(content) < length:
                raise BrokenFrame("a frame breaks off")
            self._heard = self._clock()
            if priority == _NONE:
                if kind == Kind.ACKNOWLEDGED:
                    with self._changed:
                        self.flow.acknowledged(self._clock())
                        self._news = True
                        self._changed.notify()
                continue
            with self._changed:
                self._owed += 1
                self._changed.notify()
            frame = joiner.take(priority, kind, content)
            if frame is not None:
                take(*frame)


def closed_quietly(stream: IO[bytes]) -> None:
    """Close a stream whose other end may be gone."""
    with contextlib.suppress(OSError, ValueError):
        stream.close()

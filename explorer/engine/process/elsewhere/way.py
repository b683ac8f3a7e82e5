"""The way between the two sides: a thread writes segments, another reads them, and what comes is acknowledged. Alike on both sides."""

from __future__ import annotations

import threading
import time
from collections import deque
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
        self._wake = threading.Event()
        self._over = threading.Event()
        self._heard = clock()
        # left here by others for the thread that writes, which alone knows the flow and the cutter: nobody waits for it
        self._owed: deque[None] = deque()
        self._acknowledged: deque[float] = deque()
        self._drops: deque[Callable[[K], bool]] = deque()
        self.flow = Flow()
        self._cutter: Cutter[K] = Cutter(self.flow, pull)

    def nudge(self) -> None:
        """There is something to pull."""
        self._wake.set()

    def close(self) -> None:
        """Write nothing more."""
        self._over.set()
        self._wake.set()

    def under_way(self) -> tuple[K, ...]:
        """Keys of frames that are begun and not whole; for `pull`, on the thread that writes."""
        return self._cutter.under_way

    def drop(self, is_stale: Callable[[K], bool]) -> None:
        """Send no more of what nobody waits for."""
        self._drops.append(is_stale)
        self._wake.set()

    def is_silent(self) -> bool:
        """Whether nothing was heard for too long."""
        return self._clock() - self._heard > SILENT_SECONDS

    def write(self, sink: IO[bytes], silent: Callable[[], object]) -> None:
        """Write until closed (OSError if nobody reads any more); `silent` is called where nothing is heard any more."""
        said = self._clock()
        while not self._over.is_set():
            self._wake.clear()
            owed = self._settle()
            segment = self._cutter.next(self._clock())
            if owed or segment is not None:
                sink.write(HEAD.pack(_NONE, Kind.ACKNOWLEDGED, 0) * owed)
                sink.write(segment or b"")
            else:
                self._wake.wait(ALIVE_SECONDS)
                if self._over.is_set():
                    return
                if self.is_silent():
                    silent()
                    return
                if self._clock() - said < ALIVE_SECONDS:
                    continue
                sink.write(HEAD.pack(_NONE, Kind.ALIVE, 0))
            said = self._clock()
            sink.flush()

    def _settle(self) -> int:
        """Do what was left here; how many acknowledgements are owed."""
        while self._acknowledged:
            self.flow.acknowledged(self._acknowledged.popleft())
        while self._drops:
            self._cutter.drop(self._drops.popleft())
        owed = len(self._owed)
        for _ in range(owed):
            self._owed.popleft()
        return owed

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
                    self._acknowledged.append(self._heard)
                    self._wake.set()
                continue
            self._owed.append(None)
            self._wake.set()
            frame = joiner.take(priority, kind, content)
            if frame is not None:
                take(*frame)

"""How much may be on the way at once: as much as the way holds, so that nothing waits in buffers behind what was sent before.

As BBR does (Cardwell et al., 2016): the greatest rate and the shortest round trip that were seen lately say what the way holds.
No threads and no clock of its own.
"""

from __future__ import annotations

from collections import deque

LEAST, MOST = 4096, 2**18
"""Bytes of a segment: small where the way is slow, since what is urgent waits for one; large where it is fast."""
SEGMENT_SECONDS = 0.01
GAIN = 1.25
"""More than the way holds, so that a way that has become faster is found out."""
REMEMBERED = 64
"""Segments whose rates and round trips count."""


class Flow:
    """Counts bytes that were sent and not acknowledged."""

    def __init__(self) -> None:
        self._sent: deque[tuple[int, float, int, bool]] = deque()
        self._rates: deque[float] = deque(maxlen=REMEMBERED)
        self._trips: deque[float] = deque(maxlen=REMEMBERED)
        self._delivered = 0
        self.in_flight = 0

    @property
    def rate(self) -> float:
        """Bytes a second that the way carries, as far as is known; 0 before anything was acknowledged."""
        return max(self._rates, default=0.0)

    @property
    def segment(self) -> int:
        """Bytes of the next segment at most."""
        return round(min(max(self.rate * SEGMENT_SECONDS, LEAST), MOST))

    @property
    def limit(self) -> int:
        """Bytes that may be on the way at once."""
        held = self.rate * min(self._trips, default=0.0)
        return max(2 * LEAST, round(GAIN * held) + self.segment)

    @property
    def is_open(self) -> bool:
        """Whether another segment may be sent."""
        return self.in_flight == 0 or self.in_flight + self.segment <= self.limit

    def sent(self, size: int, now: float) -> None:
        """A segment is on its way, at a time in seconds."""
        is_full = self.in_flight + size + self.segment > self.limit
        self._sent.append((size, now, self._delivered, is_full))
        self.in_flight += size

    def acknowledged(self, now: float) -> None:
        """The oldest segment that is on its way has come."""
        if not self._sent:
            return
        size, at, delivered, was_full = self._sent.popleft()
        self.in_flight -= size
        self._delivered += size
        took = max(now - at, 1e-6)
        self._trips.append(took)
        rate = (self._delivered - delivered) / took
        if was_full or rate > self.rate:  # who sends little learns nothing of what the way could carry
            self._rates.append(rate)

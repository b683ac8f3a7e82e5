"""How much may be on the way at once: as much as the way holds, so that nothing waits in buffers behind what was sent before.

As BBR does (Cardwell et al., 2016): the greatest rate and the shortest round trip that were seen lately say what the way holds.
No threads and no clock of its own.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

LEAST, MOST = 4096, 2**18
"""Bytes of a segment: small where the way is slow, since what is urgent waits for one; large where it is fast."""
SEGMENT_SECONDS = 0.01
BEGINS, GOES_ON = 2.0, 1.25
"""Times what the way is known to hold: much more until its rate is known, then enough to find out that it has become faster."""
GROWS, ROUNDS = 1.25, 3
"""Its rate is known when it has not grown by so much in so many round trips."""
REMEMBERED = 64
"""Segments whose rates count."""
TRIP_SECONDS = 10.0
"""After which the shortest round trip is measured again, with little on the way."""


class _Sent(NamedTuple):
    size: int
    at: float
    delivered: int
    delivered_at: float
    began_at: float
    was_full: bool
    measures: bool


class Flow:
    """Counts bytes that were sent and not acknowledged."""

    def __init__(self) -> None:
        self._sent: deque[_Sent] = deque()
        self._rates: deque[float] = deque(maxlen=REMEMBERED)
        self._trip, self._trip_at = float("inf"), 0.0
        self._measures = False
        self._delivered = 0
        self._delivered_at = self._began_at = 0.0
        self._round_ends = self._rounds = 0
        self._best = 0.0
        self._was_full = False
        self.in_flight = 0

    @property
    def rate(self) -> float:
        """Bytes a second that the way carries, as far as is known; 0 before anything was acknowledged."""
        return max(self._rates, default=0.0)

    @property
    def segment(self) -> int:
        """Bytes of the next segment at most."""
        return LEAST if self._measures else round(min(max(self.rate * SEGMENT_SECONDS, LEAST), MOST))

    @property
    def limit(self) -> int:
        """Bytes that may be on the way when another segment is sent, and no more."""
        if self._measures or not self._rates:
            return 2 * LEAST
        gain = BEGINS if self._rounds < ROUNDS else GOES_ON
        return max(2 * LEAST, round(gain * self.rate * self._trip))

    @property
    def is_open(self) -> bool:
        """Whether another segment may be sent."""
        return self.in_flight < self.limit

    def sent(self, size: int, now: float) -> None:
        """A segment is on its way, at a time in seconds."""
        if not self.in_flight:
            self._delivered_at = self._began_at = now
        is_full = self.in_flight + size >= self.limit
        self._sent.append(
            _Sent(size, now, self._delivered, self._delivered_at, self._began_at, is_full and not self._measures, self._measures)
        )
        self.in_flight += size

    def acknowledged(self, now: float) -> None:
        """The oldest segment that is on its way has come."""
        if not self._sent:
            return
        sent = self._sent.popleft()
        self.in_flight -= sent.size
        self._delivered += sent.size
        self._delivered_at, self._began_at = now, sent.at
        took = now - sent.at
        if took <= self._trip or (self._measures and sent.measures):
            self._trip, self._trip_at, self._measures = took, now, False
        elif now - self._trip_at > TRIP_SECONDS:
            self._measures = True
        # by the longer of sending and delivering: what was late may come all at once
        rate = (self._delivered - sent.delivered) / max(now - sent.delivered_at, sent.at - sent.began_at, 1e-6)
        self._was_full |= sent.was_full
        if sent.was_full or rate > self.rate:  # who sends little learns nothing of what the way could carry
            self._rates.append(rate)
        if sent.delivered >= self._round_ends:
            self._round_ends = self._delivered
            self._count_round()

    def _count_round(self) -> None:
        if self.rate > GROWS * self._best:
            self._best, self._rounds = self.rate, 0
        elif self._was_full:
            self._rounds += 1
        self._was_full = False

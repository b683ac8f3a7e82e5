"""How long the window lets its person wait: a heartbeat in its event loop, and what becomes of its delays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.widgets.look.language import tr

BEAT_MS = 10
BIN_MS = 0.25
LONGEST_MS = 4000
"""Delays are counted in bins up to here; a longer one is counted in the last, and kept as the longest as it is."""


@dataclass
class Waits:
    """How long an event would have waited that came at any moment: counted, not kept.

    While the loop stands still for 100 ms, one beat is late, but all that a hand does within that time waits. So a delay counts for every
    beat whose place it took (Tene's correction for coordinated omission).

    Attributes
    ----------
    longest : float
        Milliseconds.
    beats : int
        Those counted, the ones left out included.
    """

    longest: float = 0.0
    beats: int = 0
    _bins: list[int] = field(default_factory=lambda: [0] * (round(LONGEST_MS / BIN_MS) + 1), repr=False)

    def add(self, delay: float, every: float) -> None:
        """Count a beat that came `delay` milliseconds late, of beats that are due `every` milliseconds."""
        self.longest = max(self.longest, delay)
        last = len(self._bins) - 1
        while delay > 0:
            self._bins[min(last, int(delay / BIN_MS))] += 1
            self.beats += 1
            delay -= every
            if delay <= 0:
                return
        self._bins[0] += 1
        self.beats += 1

    def percentile(self, of: float) -> float:
        """Milliseconds that `of` percent of the events wait at most, to the next quarter; 0 before the first beat."""
        left = self.beats * of / 100
        for index, count in enumerate(self._bins):
            left -= count
            if left <= 0:
                return min(self.longest, (index + 1) * BIN_MS) if self.beats else 0.0
        return self.longest


class StallMeter(QObject):
    """Beats in the event loop of the thread that it lives on, and counts how late each beat comes.

    A beat costs some ten microseconds: a thousandth of one processor, at a hundred a second.

    Attributes
    ----------
    waits : Waits
        Since `start`.
    seconds : list of Waits
        The same for each second, if it was asked for.
    """

    def __init__(self, parent: QObject | None = None, every_ms: int = BEAT_MS, by_second: bool = False) -> None:
        super().__init__(parent)
        self.waits = Waits()
        self.seconds: list[Waits] = []
        self._by_second, self._every = by_second, every_ms
        self._began = self._due = 0.0
        self._timer = QTimer(self, singleShot=True, interval=every_ms, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to beat, everything counted anew."""
        self.waits, self.seconds = Waits(), []
        self._began = perf_counter()
        self._wait()

    def stop(self) -> None:
        """Beat no longer; what was counted stays."""
        self._timer.stop()

    def _wait(self) -> None:
        self._due = perf_counter() + self._every / 1000
        self._timer.start()

    def _beat(self) -> None:
        now = perf_counter()
        delay = max(0.0, (now - self._due) * 1000)
        self.waits.add(delay, self._every)
        if self._by_second:
            while len(self.seconds) <= int(now - self._began):
                self.seconds.append(Waits())
            self.seconds[-1].add(delay, self._every)
        self._wait()


def told(waits: Waits) -> str:
    """In one line for people."""
    if not waits.beats:
        return tr("not measured")
    return tr("{whole} ms; 99 of 100 times under {whole2} ms", whole=_whole(waits.longest), whole2=_whole(waits.percentile(99)))


def _whole(milliseconds: float) -> int:
    return max(1, math.ceil(milliseconds))


def as_json(waits: Waits, percentiles: Sequence[float] = (50, 99, 99.9)) -> dict[str, float]:
    """Milliseconds by name, such as "p99.9", with "worst"."""
    return {**{f"p{of:g}": round(waits.percentile(of), 3) for of in percentiles}, "worst": round(waits.longest, 3)}

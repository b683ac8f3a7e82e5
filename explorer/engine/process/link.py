"""The window's link to an engine in a process of its own, which may stop at any time without taking the window with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal

from explorer.engine.process.child import Child
from explorer.engine.process.codec import Cancel, Hide
from explorer.engine.thread.collector import Collector
from explorer.engine.thread.messages import EngineDown, Failed
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Request, Result

PATIENCE = 60.0
"""Seconds: an engine that was lost is started again by itself, but not twice within this time."""


SHORT = "Systems do this when memory is short: fewer samples or lanes, or less frame memory in Preferences, need less."


class ProcessLink(QObject):
    """Starts an engine's process, sends it requests, and starts another where it was lost; lives on the main thread.

    Parameters
    ----------
    child : Child, optional
        A process that was started already.
    make : callable
        Starts one (OSError if it cannot be).
    clock : callable
        Seconds that never go back.

    Signals
    -------
    woken()
        There are results to take.
    lost(object)
        As of `OwnedLink`.
    """

    woken = Signal()
    lost = Signal(object)
    _ended = Signal(object)
    _fell = Signal()

    def __init__(
        self,
        child: Child | None = None,
        make: Callable[[], Child] = Child,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make, self._clock = make, clock
        self._child: Child | None = None
        self._down: EngineDown | None = None
        self._lost_at = float("-inf")
        self._unanswered: dict[int, Request] = {}
        self._hidden: frozenset[str] = frozenset()
        self._inbox = Outbox(self.woken.emit)
        self._collector = Collector(self)
        self._ended.connect(self._take_end)
        # not at once: who asks does not expect an answer before it has asked
        self._fell.connect(self._refuse, Qt.ConnectionType.QueuedConnection)
        if child is not None:
            self._begin(child)

    @property
    def running(self) -> bool:
        """Whether the engine's process is there."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """Number of the engine's process; 0 where there is none."""
        return self._child.pid if self._child is not None else 0

    def start(self) -> None:
        """Start the engine, unless it is there; after it was lost for good, once more."""
        if self._child is None:
            self._down = None
            self._lost_at = float("-inf")
            if self._start():
                self._send(list(self._unanswered))

    def post(self, request: Request) -> None:
        """Have a request sent; returns at once."""
        if not request.queued:
            self._forget(request.channel, request.generation)
        self._unanswered[request.request_id] = request
        if self._down is not None:
            self._fell.emit()
        elif self._child is not None:
            self._child.outgoing.put(request)

    def cancel(self, channel: str, generation: int) -> None:
        """Stop the channel's requests older than `generation`, here and there."""
        self._forget(channel, generation)
        if self._child is not None:
            self._child.outgoing.put(Cancel(channel, generation))

    def hide(self, owners: frozenset[str]) -> None:
        """Have the work of these owners of channels yield; also there where it is started anew."""
        self._hidden = owners
        if self._child is not None:
            self._child.outgoing.put(Hide(tuple(sorted(owners))))

    def take_results(self) -> list[Result]:
        """Results that have come, oldest first."""
        results = []
        for result in self._inbox.take():
            asked = self._unanswered.get(result.request_id)
            if asked is None:
                continue
            if result.last:
                del self._unanswered[result.request_id]
            if isinstance(result.outcome, Failed):
                result = replace(result, outcome=replace(result.outcome, request=asked.payload))
            results.append(result)
        return results

    def shutdown(self) -> bool:
        """End the engine: by itself within a second, else by force. Always True: it is over then."""
        self._unanswered.clear()
        child, self._child = self._child, None
        if child is not None:
            child.end()
            self._collector.end()
        return True

    # --- life of the process

    def _start(self) -> bool:
        try:
            self._begin(self._make())
        except OSError as error:
            self._fall(EngineDown(f"the engine cannot start: {error.strerror or error}", str(error), can_retry=True))
            return False
        return True

    def _begin(self, child: Child) -> None:
        self._child = child
        self._collector.begin()
        child.begin(self._inbox.put, lambda: self._ended.emit(child))
        if self._hidden:
            self.hide(self._hidden)

    def _send(self, request_ids: Sequence[int]) -> None:
        """Have these sent, unless something newer was asked meanwhile."""
        for request_id in request_ids:
            request = self._unanswered.get(request_id)
            if request is not None and self._child is not None:
                self._child.outgoing.put(request)

    def _take_end(self, child: Child) -> None:
        """It has ended, and nobody asked it to."""
        if child is not self._child:
            return
        self.woken.emit()  # what it still said; the rest is not answered
        self._child = None
        self._collector.end()
        self._ended_unasked(child)

    def _ended_unasked(self, child: Child) -> None:
        """What becomes of it: another takes its place, or the person is told."""
        if not child.greeted:
            self._fall(EngineDown(f"the engine cannot start: {child.why}", child.last_words or child.why, can_retry=True))
            return
        again = self._clock() - self._lost_at > PATIENCE
        self._lost_at = self._clock()
        detail, advice = child.last_words or child.why, SHORT if child.was_killed else ""
        if again:
            message = f"The engine stopped ({child.why}); it was started again."
            self._go_on(EngineDown(message, detail, has_started=True, goes_on=True, advice=advice))
        else:
            message = f"The engine stopped twice within a minute ({child.why}); it is not started again by itself."
            self._fall(EngineDown(message, detail, has_started=True, can_retry=True, advice=advice))

    def _go_on(self, down: EngineDown) -> None:
        """Start another, and ask it again what was not answered."""
        unanswered = list(self._unanswered)
        if self._start():
            self.lost.emit(down)
            self._send(unanswered)

    def _fall(self, down: EngineDown) -> None:
        self._down = down
        self.lost.emit(down)
        self._fell.emit()

    def _refuse(self) -> None:
        """Answer all that is not answered: there is no engine."""
        if self._down is not None:
            for request in list(self._unanswered.values()):
                self._inbox.put(Result(request.request_id, request.channel, request.generation, self._down))

    def _forget(self, channel: str, generation: int) -> None:
        stale = [i for i, r in self._unanswered.items() if r.channel == channel and r.generation < generation]
        for request_id in stale:
            del self._unanswered[request_id]

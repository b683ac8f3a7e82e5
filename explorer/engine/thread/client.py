"""The window's end of the engine: sends requests, hands results to who asked, drops stale ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from explorer.engine.thread.link import Link
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome, Payload, Request, Result

Receiver = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Handle of a request that was sent."""

    request_id: int
    channel: str
    generation: int


class Client(QObject):
    """Lives on the main thread; every receiver is called there.

    Signals
    -------
    failed(object)
        A Failed that its receiver did not take care of, or that had none.
    busy_changed(bool)
        Whether any request is unanswered.
    renewed()
        The engine that answers from now on does not know the chains: another one, or one that runs their networks in another
        way. Have it sample again what shall be shown. What was asked of another before and not answered is asked again after what is
        asked now, unless that is newer.
    """

    failed = Signal(object)
    busy_changed = Signal(bool)
    renewed = Signal()

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._ids = itertools.count(1)
        self._generations: dict[str, int] = {}
        self._waiting: dict[int, tuple[Job, Receiver | None, Receiver | None]] = {}
        link.woken.connect(self._drain)

    @property
    def busy(self) -> bool:
        """Whether any request is unanswered."""
        return bool(self._waiting)

    def send(
        self,
        payload: Payload,
        channel: str,
        receiver: Receiver | None = None,
        queued: bool = False,
        on_failure: Receiver | None = None,
    ) -> Job:
        """Ask the engine.

        Parameters
        ----------
        payload : Payload
        channel : str
            A request supersedes the channel's earlier ones: they are cancelled and their results dropped.
        receiver : callable, optional
            Gets every outcome but failures, on the main thread.
        queued : bool
            Keep the channel's earlier requests, in order.
        on_failure : callable, optional
            Gets a Failed; without it `failed` is emitted.
        """
        if queued:
            generation = self._generations.setdefault(channel, 0)
        else:
            generation = self._generations[channel] = self._generations.get(channel, 0) + 1
            self._forget_older(channel, generation)
        job = Job(next(self._ids), channel, generation)
        was_busy = self.busy
        self._waiting[job.request_id] = (job, receiver, on_failure)
        if not was_busy:
            self.busy_changed.emit(True)
        self._link.post(Request(job.request_id, channel, generation, payload, queued))  # which may answer at once
        return job

    def expects(self, job: Job) -> bool:
        """Whether more is to come of a request; while its receiver has the last result, no longer."""
        return job.request_id in self._waiting

    def cancel(self, channel: str) -> None:
        """Cancel what the channel is doing; it answers within one step and its results are dropped."""
        generation = self._generations[channel] = self._generations.get(channel, 0) + 1
        self._link.cancel(channel, generation)
        was_busy = self.busy
        self._forget_older(channel, generation)
        if was_busy and not self.busy:
            self.busy_changed.emit(False)

    def hide(self, owners: Iterable[str]) -> None:
        """What these owners of channels ("compare" of "compare.chain") have asked for is not looked at: it yields to the rest."""
        self._link.hide(frozenset(owners))

    def close(self) -> None:
        """Deliver nothing more: the receivers are going."""
        self._waiting.clear()

    def _forget_older(self, channel: str, generation: int) -> None:
        stale = [i for i, (job, *_) in self._waiting.items() if job.channel == channel and job.generation < generation]
        for request_id in stale:
            del self._waiting[request_id]

    def _drain(self) -> None:
        was_busy = self.busy
        for result in self._link.take_results():
            self._deliver(result)
        if was_busy and not self.busy:
            self.busy_changed.emit(False)

    def _deliver(self, result: Result) -> None:
        known = self._waiting.get(result.request_id)
        if known is None:
            return
        _, receiver, on_failure = known
        if result.last:
            del self._waiting[result.request_id]
        if isinstance(result.outcome, Failed):
            if on_failure is not None:
                on_failure(result.outcome)
            else:
                self.failed.emit(result.outcome)
        elif receiver is not None:
            receiver(result.outcome)

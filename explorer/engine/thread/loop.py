"""How the engine thread shares its time: foreground first, background work in turns, a cancel point at every step.

What nobody looks at waits for all that somebody does, also where it is foreground, or begun already. Who waits for a thread beside
this one (`explorer/engine/aside.py`) holds up nothing else that is looked at.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from explorer.engine.thread.mailbox import Mailbox, Rank
from explorer.engine.thread.messages import Cancelled, Failed
from explorer.engine.thread.requests import Outcome, Payload, Request, Result, Steps
from explorer.errors import BadInput
from explorer.memory import was_short

STOPPED: Rank = (False, False)


class Handler(Protocol):
    """What answers requests: the engine, synchronous."""

    def handle(self, payload: Payload, channel: str) -> Steps:
        """Outcomes of a payload, the last one last; None is a cancel point without an outcome."""
        ...


class Loop:
    """Takes requests from a mailbox, steps the handler, puts results."""

    def __init__(self, mailbox: Mailbox, handler: Handler, put: Callable[[Result], None]) -> None:
        self._mailbox, self._handler, self._put = mailbox, handler, put
        self._under_way: deque[_Running] = deque()

    def run(self) -> None:
        """Work until the mailbox is closed."""
        bell = self._mailbox.bell
        bell.hang_here()
        while not self._mailbox.closed:
            running = self._next()
            if running is None:
                self._mailbox.wait()
                continue
            others = [each for each in self._under_way if each is not running]
            # a chain that waits for its step leaves what is measured of it no more than its turn
            hurried = not running.request.payload.background and any(self._can_go_on(each, running) for each in others)
            bell.has_waited, bell.is_hurried = False, hurried
            goes_on = self._advance(running)  # it stays among them during its turn, so that `abandon` knows of it
            running.waits = goes_on and bell.has_waited and not running.has_said
            for each in others:
                each.waits = False  # what they wait for may be there by now
            if not goes_on or running.request.payload.background:
                self._under_way.remove(running)
                if goes_on:
                    self._under_way.append(running)
        for running in self._under_way:
            running.stop()

    def abandon(self, failed: Failed) -> None:
        """Answer all that is under way with this: `run` has raised, and nothing goes on."""
        for running in self._under_way:
            running.abandon(failed)

    def _next(self) -> _Running | None:
        """Whose turn it is: of what is begun, and of what waits to be; None if there is nothing to do."""
        first = min(self._under_way, key=self._rank, default=None)  # the first of those that are alike
        waits = first is not None and first.waits and not self._mailbox.superseded(first.request)
        rank = None if first is None else self._rank(first)
        if rank is None or not waits:
            request = self._mailbox.take(rank)
        else:  # as if it gave way; those of one channel keep their order
            request = self._mailbox.take((rank[0], True), {each.request.channel for each in self._under_way})
        if request is not None:
            begun = _Running(request, self._handler, self._put)
            self._under_way.append(begun)
            return begun if first is None or rank is None or waits or self._rank(begun) < rank else first
        if first is None or not waits:
            return first
        return min((each for each in self._under_way if self._can_go_on(each, first)), key=self._rank, default=first)

    def _can_go_on(self, running: _Running, beside: _Running) -> bool:
        """Whether it has something to do while another waits, and is looked at as that is."""
        return not running.waits and self._rank(running)[0] == self._rank(beside)[0]

    def _rank(self, running: _Running) -> Rank:
        """What is only to be stopped goes before all: it takes no time."""
        return STOPPED if self._mailbox.superseded(running.request) else self._mailbox.rank(running.request)

    def _advance(self, running: _Running) -> bool:
        """One step; False when the request is answered or superseded."""
        if self._mailbox.superseded(running.request):
            running.stop()
            return False
        return running.step()


class _Running:
    """A request under way: holds back one outcome, so as to know which is the last.

    Attributes
    ----------
    waits : bool
        For a thread beside, at its last turn.
    has_said : bool
        There was an outcome at its last turn.
    """

    def __init__(self, request: Request, handler: Handler, put: Callable[[Result], None]) -> None:
        self.request = request
        self.waits = self.has_said = False
        self._handler, self._put = handler, put
        self._steps: Steps | None = None
        self._held: Outcome | None = None
        self._answered = False

    def step(self) -> bool:
        try:
            if self._steps is None:
                self._steps = self._handler.handle(self.request.payload, self.request.channel)
            outcome = next(self._steps)
            self.has_said = outcome is not None
        except StopIteration:
            self._answer(self._held if self._held is not None else Failed("the engine gave no answer"), last=True)
            return False
        except BaseException as error:
            self._flush()
            self._answer(failure(error), last=True)
            return False
        if outcome is not None:
            self._flush()
            self._held = outcome
            if outcome.partial or outcome.progress:
                self._flush()
        return True

    def stop(self) -> None:
        close = getattr(self._steps, "close", None)
        try:
            if close is not None:
                close()
        except BaseException as error:  # of clearing away, such as of a half-written file
            self._answer(failure(error), last=True)
        else:
            self._answer(Cancelled(), last=True)

    def abandon(self, failed: Failed) -> None:
        if not self._answered:
            self._flush()
            self._answer(failed, last=True)

    def _flush(self) -> None:
        if self._held is not None:
            self._answer(self._held, last=False)
            self._held = None

    def _answer(self, outcome: Outcome, last: bool) -> None:
        r = self.request
        if isinstance(outcome, Failed):
            outcome = replace(outcome, request=r.payload)
        self._answered = last
        self._put(Result(r.request_id, r.channel, r.generation, outcome, last))


def failure(error: BaseException) -> Failed:
    """What the window is told of an exception."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, BadInput):
        return Failed(str(error), path=error.path, asks=error.asks)
    if was_short(error):
        return Failed("out of memory: lower the number of samples or lanes, or the frame memory in Preferences", detail)
    cause = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Failed(f"something went wrong in the engine: {cause}", detail)

"""An engine at work, from its first request to its last: on a thread of the window, or in a process of its own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from explorer.engine.thread.early import answer_early
from explorer.engine.thread.loop import Handler, Loop, failure
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import EngineDown
from explorer.engine.thread.requests import Payload, Result, Steps

SWITCH_SECONDS = 0.0005
"""How long who answers early waits, each time, for the import of torch to hand over the interpreter; usually it is ten times that."""


class Loaded(Handler, Protocol):
    """An engine whose heavy parts are imported when it is told to."""

    def load(self) -> None:
        """Import torch, and what needs it."""
        ...

    def prepare(self) -> None:
        """Import what answers early."""
        ...

    def early(self, payload: Payload) -> Steps | None:
        """Outcomes of what can be answered without torch; None of everything else."""
        ...


def work(
    engine: Loaded,
    mailbox: Mailbox,
    put: Callable[[Result], None],
    lost: Callable[[EngineDown], object] = lambda down: None,
    patient: bool = True,
) -> None:
    """Answer until the mailbox is closed; what needs no torch already while that is imported.

    Parameters
    ----------
    lost : callable
        Is told when the engine cannot start, or has stopped. What is asked from then on is refused.
    patient : bool
        Wait for torch's import, which cannot be stopped, when the mailbox is closed meanwhile.
    """
    over = threading.Event()
    trouble: list[BaseException] = []

    def load() -> None:
        try:
            engine.load()
        except BaseException as error:
            trouble.append(error)
        over.set()
        mailbox.nudge()

    loading = threading.Thread(target=load, name="torch", daemon=True)
    loading.start()
    switching = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        engine.prepare()
        answer_early(mailbox, engine.early, put, over.is_set)
    finally:
        sys.setswitchinterval(switching)
    if patient:
        loading.join()
    if trouble:
        down = down_of(trouble[0], has_started=False)
        lost(down)
        refuse(down, mailbox, put)
        return
    loop = Loop(mailbox, engine, put)
    try:
        loop.run()
    except BaseException as error:
        down = down_of(error, has_started=True)
        loop.abandon(down)
        lost(down)
        refuse(down, mailbox, put)


def down_of(error: BaseException, has_started: bool) -> EngineDown:
    """What the window is told of an exception that ends the engine."""
    failed = failure(error)
    if has_started:
        message = f"the engine stopped: {failed.message}; start the app again, what is open will be there"
    else:
        message = f"the engine cannot start: {failed.message}"
    return EngineDown(message, failed.detail, has_started=has_started)


def refuse(down: EngineDown, mailbox: Mailbox, put: Callable[[Result], None]) -> None:
    """Answer with this all that waits, and all that comes, until the mailbox is closed."""
    while mailbox.wait():
        while (request := mailbox.take()) is not None:
            outcome = replace(down, request=request.payload)
            put(Result(request.request_id, request.channel, request.generation, outcome))

"""Answering before the engine is there: what needs no torch is answered while that is imported."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.requests import Payload, Request, Result, Steps


def answer_early(
    mailbox: Mailbox, answer: Callable[[Payload], Steps | None], put: Callable[[Result], None], is_over: Callable[[], bool]
) -> None:
    """Until `is_over`, or the mailbox is closed: answer what can be; the rest goes on waiting, in its order.

    Whoever makes `is_over` true nudges the mailbox.

    Parameters
    ----------
    answer : callable
        Outcomes of a payload, or None for what only the engine can answer.
    """
    tried: set[int] = set()
    seen = -1
    while not is_over() and not mailbox.closed:
        fresh = [request for request in mailbox.waiting() if request.request_id not in tried]
        if not fresh:
            seen = mailbox.wait_for_change(seen)
        for request in sorted(fresh, key=lambda r: (mailbox.rank(r), r.request_id)):
            tried.add(request.request_id)
            _answer(request, mailbox, answer, put)


def _answer(request: Request, mailbox: Mailbox, answer: Callable[[Payload], Steps | None], put: Callable[[Result], None]) -> None:
    try:
        steps = answer(request.payload)
        outcomes = None if steps is None else [outcome for outcome in steps if outcome is not None]
    except Exception:  # the engine says what is wrong
        return
    if outcomes and mailbox.claim(request):
        for outcome in outcomes:
            put(Result(request.request_id, request.channel, request.generation, outcome, outcome is outcomes[-1]))

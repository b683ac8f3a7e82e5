"""What waits to be sent: in order, without what is superseded."""

from __future__ import annotations

from explorer.engine.process.codec import Cancel
from explorer.engine.process.outgoing import Outgoing
from explorer.engine.thread.messages import SetFrameBudget
from explorer.engine.thread.requests import Request


def ask(i: int, channel: str, generation: int, queued: bool = False) -> Request:
    return Request(i, channel, generation, SetFrameBudget(i), queued)


def drained(box: Outgoing, count: int) -> list[Request | Cancel | None]:
    return [box.take() for _ in range(count)]


def test_a_newer_request_of_a_channel_takes_the_place_of_one_that_was_not_sent() -> None:
    box = Outgoing()
    others = [ask(1, "other", 1), ask(2, "queue", 0, queued=True), ask(3, "queue", 0, queued=True)]
    for request in (ask(0, "step", 1), *others, ask(4, "step", 2)):
        box.put(request)
    assert drained(box, 4) == [*others, ask(4, "step", 2)]


def test_what_is_cancelled_is_not_sent_and_the_cancellation_is() -> None:
    box = Outgoing()
    for message in (ask(0, "step", 1), Cancel("step", 2), Cancel("step", 3), ask(1, "step", 3)):
        box.put(message)
    assert drained(box, 2) == [Cancel("step", 3), ask(1, "step", 3)]


def test_closing_ends_the_wait() -> None:
    box = Outgoing()
    box.put(ask(0, "step", 1))
    box.close()
    assert box.take() is None

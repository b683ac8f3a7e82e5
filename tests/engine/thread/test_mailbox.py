"""Latest wins, queues, cancelling."""

from __future__ import annotations

import threading

from explorer.engine.models.messages import ScanLibrary
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import SetFrameBudget
from explorer.engine.thread.requests import Request


def request(request_id: int, generation: int, channel: str = "a", queued: bool = False, background: bool = False) -> Request:
    payload = ScanLibrary() if background else SetFrameBudget(request_id)
    return Request(request_id, channel, generation, payload, queued)


def test_a_newer_request_replaces_the_waiting_one_of_its_channel_only() -> None:
    box = Mailbox()
    other = request(1, 1, channel="b")
    box.post(other)
    box.post(request(2, 1))
    newest = request(3, 2)
    box.post(newest)
    assert [box.take(), box.take(), box.take()] == [other, newest, None]


def test_a_running_request_is_superseded_by_a_newer_one() -> None:
    box = Mailbox()
    first = request(1, 1)
    box.post(first)
    assert box.take() is first
    assert not box.superseded(first)
    box.post(request(2, 2))
    assert box.superseded(first)


def test_queued_requests_are_all_kept_in_order_until_cancelled() -> None:
    box = Mailbox()
    requests = [request(i, 0, queued=True) for i in range(3)]
    for one in requests:
        box.post(one)
    assert box.take() is requests[0]
    assert not box.superseded(requests[0])
    box.cancel("a", 1)
    assert box.superseded(requests[0])
    assert box.take() is None


def test_only_what_goes_before_the_work_under_way_is_taken() -> None:
    box = Mailbox()
    slow, quick = request(1, 1, "slow", background=True), request(2, 1, "quick")
    box.post(slow)
    box.post(quick)
    assert box.take() is quick
    box.post(request(3, 1, "slow 2", background=True))
    assert box.take(box.rank(quick)) is None, "neither goes before what is under way"
    assert box.take(box.rank(slow)) is slow, "background work takes turns"


def test_closing_wakes_the_waiting_thread_and_supersedes_everything() -> None:
    box = Mailbox()
    running = request(1, 1)
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(box.wait()))
    thread.start()
    box.close()
    thread.join(300)
    assert answers == [False]
    assert box.superseded(running)


def test_what_is_looked_at_is_taken_first_and_all_of_it_in_order() -> None:
    box = Mailbox()
    box.hide(frozenset({"compare"}))
    requests = [request(i, 1, channel) for i, channel in enumerate(("compare.step", "comparex.step", "library.scan"))]
    for one in requests:
        box.post(one)
    assert [box.rank(one) for one in requests] == [(True, False), (False, False), (False, False)]
    assert [box.take() for _ in requests] == [requests[1], requests[2], requests[0]]

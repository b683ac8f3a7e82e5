"""How the engine thread shares its time, with a slow engine gated by events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from explorer.engine.aside import aside
from explorer.engine.models.messages import ScanLibrary
from explorer.engine.thread.bell import Bell
from explorer.engine.thread.loop import Loop
from explorer.engine.thread.messages import Cancelled, Done, Failed, SetFrameBudget
from explorer.engine.thread.requests import Outcome, Payload, Request
from explorer.errors import BadInput, about

TIMEOUT = 300
Bench = Any
"""Of `conftest.py`."""


@dataclass(frozen=True, slots=True)
class Report(Outcome):
    """As far as it is known now."""

    partial: bool = False


@dataclass(frozen=True, slots=True)
class Share(Outcome):
    """How much is done."""

    progress = True


@dataclass(frozen=True, slots=True)
class Look(Payload):
    """Foreground work of many steps."""


REPORTS = {"partial": Report(partial=True), "progress": Share()}


class GatedEngine:
    """A handler whose background work takes one step for every permit."""

    def __init__(self) -> None:
        self.permits, self.others = threading.Semaphore(0), threading.Semaphore(0)
        self.started = threading.Event()
        self.steps: list[str] = []
        self.stepped = threading.Condition()
        self.closed = threading.Event()

    def handle(self, payload: Payload, channel: str) -> Iterator[Outcome | None]:
        if channel == "refused":
            raise ZeroDivisionError("refused at once")
        if channel.endswith("beside"):
            return self._beside(channel)
        if channel.endswith("counted"):
            return self._counted(channel)
        if isinstance(payload, (ScanLibrary, Look)):
            return self._slow(channel)
        return self._quick(payload, channel)

    def _note(self, channel: str) -> None:
        with self.stepped:
            self.steps.append(channel)
            self.stepped.notify_all()

    def let(self, steps: int) -> list[str]:
        """Permit so many steps of background work, and wait for them; which they were."""
        before = len(self.steps)
        self.permits.release(steps)
        with self.stepped:
            assert self.stepped.wait_for(lambda: len(self.steps) >= before + steps, TIMEOUT)
        return self.steps[before:]

    def _slow(self, channel: str) -> Iterator[Outcome | None]:
        try:
            if channel in REPORTS:
                yield REPORTS[channel]
            for _ in range(1000):
                self.started.set()
                assert self.permits.acquire(timeout=TIMEOUT)
                self._note(channel)
                yield None
            yield Done()
        finally:
            self.closed.set()
            if channel == "untidy":
                raise OSError("cannot be cleared away")

    def _beside(self, channel: str) -> Iterator[Outcome | None]:
        """What waits for a thread beside the loop's."""
        yield from aside(lambda: self.permits.acquire(timeout=TIMEOUT) if channel == "beside" else self.others.acquire(timeout=TIMEOUT))
        self._note(channel)
        yield Done()

    def _counted(self, channel: str) -> Iterator[Outcome | None]:
        """Three steps, of which each has something to do."""
        for _ in range(3):
            self._note(channel)
            yield None
        yield Done()

    def _quick(self, payload: Payload, channel: str) -> Iterator[Outcome | None]:
        self._note(channel)
        if channel == "bad":
            with about("nothing.png"):
                raise BadInput("nothing.png: is no picture")
        if channel == "broken":
            raise ZeroDivisionError("boom")
        if channel == "full":
            torch.empty(2**55)
        yield Done()


@pytest.fixture
def bench(serving: Callable[..., Bench]) -> Bench:
    """The loop on a thread of its own."""
    engine = GatedEngine()
    return serving(engine, lambda mailbox, put: Loop(mailbox, engine, put).run(), lambda: engine.permits.release(2000))


def slow(request_id: int, channel: str = "slow", generation: int = 1) -> Request:
    return Request(request_id, channel, generation, ScanLibrary())


def quick(request_id: int, channel: str = "quick", generation: int = 1) -> Request:
    return Request(request_id, channel, generation, SetFrameBudget(1))


def test_foreground_is_answered_between_two_steps_of_background_work(bench: Bench) -> None:
    bench.mailbox.post(slow(1))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.post(quick(2))
    bench.engine.permits.release(1)
    assert bench.answer(2) == Done()
    assert bench.engine.steps == ["slow", "quick"]


@pytest.mark.parametrize("channel", REPORTS)
def test_what_says_that_more_will_come_is_told_before_more_is_done(bench: Bench, channel: str) -> None:
    bench.mailbox.post(slow(1, channel))
    assert bench.engine.started.wait(TIMEOUT)
    assert [(result.outcome, result.last) for result in bench.results] == [(REPORTS[channel], False)]


def test_cancel_answers_within_one_step(bench: Bench) -> None:
    bench.mailbox.post(slow(1))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.cancel("slow", 2)
    bench.engine.permits.release(1)
    assert bench.answer(1) == Cancelled()
    assert bench.engine.steps == ["slow"]
    assert bench.engine.closed.is_set()


def test_work_that_cannot_be_cleared_away_is_told_of_and_the_loop_goes_on(bench: Bench) -> None:
    bench.mailbox.post(slow(1, "untidy"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.cancel("untidy", 2)
    bench.engine.permits.release(1)
    failed = bench.answer(1)
    assert isinstance(failed, Failed)
    assert "cannot be cleared away" in failed.message
    bench.mailbox.post(quick(2))
    assert bench.answer(2) == Done()


def test_background_work_goes_in_turns(bench: Bench) -> None:
    bench.mailbox.post(slow(1, "first"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.post(slow(2, "second"))
    bench.engine.permits.release(6)
    bench.mailbox.post(quick(3))
    bench.engine.permits.release(1)
    bench.answer(3)
    order = [s for s in bench.engine.steps if s != "quick"]
    assert {"first", "second"} == set(order[:3])


@pytest.mark.parametrize(
    ("channel", "words"),
    [("bad", "nothing.png: is no picture"), ("broken", "boom"), ("full", "lower the number of samples"), ("refused", "at once")],
)
def test_an_exception_is_an_answer_and_the_loop_goes_on(bench: Bench, channel: str, words: str) -> None:
    bench.mailbox.post(quick(1, channel))
    failed = bench.answer(1)
    assert isinstance(failed, Failed)
    assert words in failed.message
    assert failed.request == SetFrameBudget(1)
    assert failed.path == ("nothing.png" if channel == "bad" else "")
    assert failed.is_bad_input == (channel == "bad")
    assert ("Traceback" in failed.detail) == (channel != "bad")
    bench.mailbox.post(quick(2))
    assert bench.answer(2) == Done()


def test_what_nobody_looks_at_yields_until_it_is_looked_at(bench: Bench) -> None:
    bench.mailbox.hide(frozenset({"compare"}))
    bench.mailbox.post(slow(1, "compare.chain"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.post(slow(2, "reverse.chain"))
    assert bench.engine.let(20) == ["compare.chain", *["reverse.chain"] * 19], "it goes on only while it is alone"
    bench.mailbox.hide(frozenset({"reverse"}))
    assert bench.engine.let(20) == ["reverse.chain", *["compare.chain"] * 19], "the step under way is taken"
    bench.mailbox.hide(frozenset())
    assert set(bench.engine.let(8)[-4:]) == {"compare.chain", "reverse.chain"}, "in turns"


def test_hidden_work_that_is_cancelled_is_cleared_away_at_once(bench: Bench) -> None:
    bench.mailbox.hide(frozenset({"compare"}))
    bench.mailbox.post(slow(1, "compare.chain"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.post(slow(2, "reverse.chain"))
    bench.mailbox.cancel("compare.chain", 2)
    bench.engine.let(1)
    bench.engine.permits.release(1)
    assert bench.answer(1) == Cancelled()
    assert not any(result.request_id == 2 and result.last for result in bench.results), "before the work that is looked at is over"


def look(request_id: int, channel: str) -> Request:
    return Request(request_id, channel, 1, Look())


def test_hidden_foreground_work_holds_up_nothing_that_is_looked_at(bench: Bench) -> None:
    bench.mailbox.post(look(1, "compare.step"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.hide(frozenset({"compare"}))
    bench.mailbox.post(quick(2, "reverse.step"))
    bench.mailbox.post(slow(3, "reverse.chain"))
    bench.engine.permits.release(1)
    assert bench.answer(2) == Done()
    assert bench.engine.let(10)[-9:] == ["reverse.chain"] * 9, "not even what is background work of the workspace that is looked at"
    bench.mailbox.hide(frozenset({"reverse"}))
    assert bench.engine.let(10)[-9:] == ["compare.step"] * 9, "it goes on where it stood"


def test_foreground_work_is_done_one_after_the_other(bench: Bench) -> None:
    bench.mailbox.post(look(1, "reverse.step"))
    assert bench.engine.started.wait(TIMEOUT)
    bench.mailbox.post(quick(2, "reverse.other"))
    assert bench.engine.let(50) == ["reverse.step"] * 50


def test_who_waits_for_a_thread_beside_holds_up_nothing_that_is_looked_at(bench: Bench) -> None:
    """A file of gigabytes that is read for the foreground, while the hand scrubs and a chain is sampled."""
    bench.mailbox.post(quick(1, "beside"))
    bench.mailbox.post(slow(2, "counted"))
    assert bench.answer(2) == Done(), "background work that was asked for later"
    bench.mailbox.post(quick(3))
    assert bench.answer(3) == Done(), "foreground, too"
    assert bench.engine.steps == ["counted"] * 3 + ["quick"]
    bench.engine.permits.release(1)
    assert bench.answer(1) == Done()


def test_those_of_one_channel_keep_their_order(bench: Bench) -> None:
    bench.mailbox.post(Request(1, "beside", 1, SetFrameBudget(1), queued=True))
    bench.mailbox.post(Request(2, "beside", 1, SetFrameBudget(1), queued=True))
    bench.mailbox.post(quick(3))
    assert bench.answer(3) == Done()
    bench.engine.permits.release(2)
    assert bench.answer(2) == Done()
    assert [result.request_id for result in bench.results] == [3, 1, 2]


def test_what_nobody_looks_at_waits_for_who_waits_for_a_thread_beside(bench: Bench) -> None:
    bench.mailbox.hide(frozenset({"compare"}))
    bench.mailbox.post(quick(1, "beside"))
    bench.mailbox.post(slow(2, "compare.counted"))
    bench.mailbox.post(quick(3))
    assert bench.answer(3) == Done()
    bench.engine.permits.release(1)
    assert bench.answer(2) == Done()
    assert bench.engine.steps == ["quick", "beside", *["compare.counted"] * 3]


def test_of_several_that_wait_each_goes_on_when_its_own_is_done(bench: Bench) -> None:
    bench.mailbox.post(quick(1, "beside"))
    bench.mailbox.post(slow(2, "other.beside"))
    bench.mailbox.post(quick(3))
    assert bench.answer(3) == Done()
    bench.engine.others.release(1)
    assert bench.answer(2) == Done()
    bench.mailbox.cancel("beside", 2)
    assert bench.answer(1) == Cancelled()
    bench.engine.permits.release(1)
    assert bench.engine.steps == ["quick", "other.beside"]


def test_nobody_sleeps_while_there_is_something_to_do_and_all_do_else() -> None:
    bell = Bell()
    bell.is_hurried = True
    assert not bell.wait(TIMEOUT), "at once"
    assert bell.has_waited
    bell.is_hurried = False
    bell.ring()
    assert bell.wait(TIMEOUT)

"""One wake-up pending at most; newer progress replaces older."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from explorer.engine.thread.messages import Done
from explorer.engine.thread.outbox import PROGRESS_INTERVAL, Outbox
from explorer.engine.thread.requests import Outcome, Result


@dataclass(frozen=True, slots=True)
class Share(Outcome):
    """How much is done: a newer one says all that an older one did."""

    progress = True
    done: float


@dataclass(frozen=True, slots=True)
class Piece(Outcome):
    """A part of the answer, beside the others."""

    partial = True
    number: int


def progress(request_id: int, done: float) -> Result:
    return Result(request_id, "c", 1, Share(done), last=False)


def test_one_wake_up_until_the_results_are_taken() -> None:
    wakes: list[int] = []
    box = Outbox(lambda: wakes.append(1))
    results = [Result(i, "c", 1, Done()) for i in range(3)]
    for result in results:
        box.put(result)
    assert len(wakes) == 1
    assert box.take() == results
    box.put(results[0])
    assert len(wakes) == 2


class Clock:
    """Time that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_thousand_reports_of_progress_are_one_to_take() -> None:
    wakes: list[int] = []
    box = Outbox(lambda: wakes.append(1))
    for i in range(1000):
        box.put(progress(1, float(i)))
    taken = box.take()
    assert [r.outcome for r in taken] == [Share(999.0)]
    assert len(wakes) == 1


def test_progress_of_another_request_takes_no_ones_place() -> None:
    box = Outbox(lambda: None)
    box.put(progress(1, 1.0))
    box.put(progress(2, 2.0))
    assert [result.request_id for result in box.take()] == [1, 2]


def test_progress_wakes_at_most_thirty_times_a_second_however_often_it_is_taken() -> None:
    clock = Clock()
    box: Outbox | None = None
    taken: list[list[float]] = []
    wakes: list[float] = []

    def wake() -> None:
        assert box is not None
        wakes.append(clock.now)
        taken.append([r.outcome.done for r in box.take() if isinstance(r.outcome, Share)])

    box = Outbox(wake, clock)
    for i in range(1024):  # a second; the times are exact
        clock.now = i / 1024
        box.put(progress(1, float(i)))
    assert 28 <= len(wakes) <= 30
    assert all(later - earlier >= PROGRESS_INTERVAL for earlier, later in pairwise(wakes))
    assert taken[0] == [0.0]
    assert taken[1] == [35.0], "the newest of what was held back"


def test_an_answer_wakes_at_once_and_does_not_count_as_progress() -> None:
    clock = Clock()
    wakes: list[float] = []
    box = Outbox(lambda: wakes.append(clock.now), clock)
    box.put(progress(1, 1.0))
    box.take()
    clock.now = PROGRESS_INTERVAL / 2
    for _ in range(3):
        box.put(Result(1, "c", 1, Done()))
        box.take()
    assert len(wakes) == 4
    clock.now = PROGRESS_INTERVAL
    box.put(progress(1, 2.0))
    assert len(wakes) == 5


def test_progress_that_was_held_back_is_there_when_the_answer_comes() -> None:
    clock = Clock()
    wakes: list[float] = []
    box = Outbox(lambda: wakes.append(clock.now), clock)
    box.put(progress(1, 1.0))
    assert len(box.take()) == 1
    clock.now += PROGRESS_INTERVAL / 2
    held = progress(1, 2.0)
    box.put(held)
    assert len(wakes) == 1
    done = Result(1, "c", 1, Done())
    box.put(done)
    assert len(wakes) == 2
    assert box.take() == [held, done]


def test_parts_of_an_answer_are_all_kept_and_so_is_the_progress_of_each_request() -> None:
    box = Outbox(lambda: None)
    for i in range(3):
        box.put(Result(1, "c", 1, Piece(i), last=False))
    box.put(progress(1, 0.5))
    box.put(progress(2, 0.25))
    assert [r.outcome for r in box.take()] == [Piece(0), Piece(1), Piece(2), Share(0.5), Share(0.25)]


def test_progress_is_replaced_though_others_answered_in_between() -> None:
    box = Outbox(lambda: None)
    piece = Result(3, "c", 1, Piece(0), last=False)
    for i in range(100):
        box.put(progress(1, float(i)))
        box.put(progress(2, float(i)))
    box.put(piece)
    taken = box.take()
    assert [(r.request_id, getattr(r.outcome, "done", None)) for r in taken] == [(1, 99.0), (2, 99.0), (3, None)]


def test_one_at_a_time_the_rest_can_still_be_replaced_and_dropped() -> None:
    wakes: list[int] = []
    box = Outbox(lambda: wakes.append(1))
    old, new = (Result(i, "step", i, Done()) for i in (1, 2))
    other = Result(3, "other", 1, Done())
    for result in (other, old, progress(4, 0.1)):
        box.put(result)
    assert box.take_one() is other
    box.put(progress(4, 0.2))
    box.drop("step", 2)
    box.put(new)
    newest = box.take_one()
    assert newest is not None
    assert newest.outcome == Share(0.2)
    assert box.take_one() is new
    assert len(wakes) == 1
    assert box.take_one() is None
    box.put(old)
    assert len(wakes) == 2

"""One wake-up pending at most; newer progress replaces older."""

from __future__ import annotations

from explorer.engine.messages import ChainProgress, Done, Result
from explorer.engine.outbox import Outbox


def progress(request_id: int, rate: float) -> Result:
    return Result(request_id, "c", 1, ChainProgress((), rate, 0.0, 0, 0), last=False)


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


def test_a_thousand_reports_of_progress_are_one_to_take_and_wake_at_most_thirty_times_a_second() -> None:
    wakes: list[int] = []
    box = Outbox(lambda: wakes.append(1))
    for i in range(1000):
        box.put(progress(1, float(i)))
    taken = box.take()
    assert [r.outcome.rate for r in taken if isinstance(r.outcome, ChainProgress)] == [999.0]
    assert len(wakes) == 1


def test_progress_that_was_held_back_is_there_when_the_answer_comes() -> None:
    wakes: list[int] = []
    box = Outbox(lambda: wakes.append(1))
    box.put(progress(1, 1.0))
    assert len(box.take()) == 1
    box.put(progress(1, 2.0))  # within a thirtieth of a second of the last: no wake-up of its own
    done = Result(1, "c", 1, Done())
    box.put(done)
    assert len(wakes) == 2
    assert box.take()[-1] is done

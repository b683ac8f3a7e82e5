"""Work on threads beside the loop: what it makes, what it raises, which thread does it, and what wakes the loop that waits for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

import pytest
import torch

from explorer.engine.aside import Pace, Taken, Work, aside, at_work, paced
from explorer.engine.thread.bell import Bell, bell_here
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Request

TIMEOUT = 60.0
T = TypeVar("T")


@pytest.fixture
def bell() -> Iterator[Bell]:
    """The one of this thread, which has none of its own before and after."""
    before, made = bell_here(), Bell()
    made.hang_here()
    yield made
    before.hang_here()


def made_by(work: Work[T]) -> T:
    """What is made in the end."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def test_it_is_made_in_inference_mode_by_another_thread() -> None:
    thread, infers = made_by(aside(lambda: (threading.get_ident(), torch.is_inference_mode_enabled())))
    assert thread != threading.get_ident()
    assert infers


def test_what_it_raises_is_raised_here() -> None:
    def fail() -> None:
        raise ValueError("as it is")

    with pytest.raises(ValueError, match="as it is"):
        made_by(aside(fail))


def test_who_ends_the_program_there_ends_the_wait_here() -> None:
    """A network of a person's own Python file may."""
    with pytest.raises(SystemExit):
        made_by(aside(lambda: sys.exit(3)))
    assert at_work() == 0


def test_one_thread_does_one_work_after_the_other() -> None:
    """A new one each time would have PyTorch begin threads of its own each time."""
    assert len({made_by(aside(threading.get_ident, yields=True)) for _ in range(20)}) == 1


def test_who_gives_up_leaves_the_thread_to_itself_and_the_next_gets_another() -> None:
    gate, begun = threading.Event(), threading.Event()

    def held() -> int:
        begun.set()
        assert gate.wait(TIMEOUT)
        return threading.get_ident()

    given_up = aside(held)
    next(given_up)
    assert begun.wait(TIMEOUT)
    given_up.close()
    assert at_work() == 1
    other = made_by(aside(threading.get_ident))
    gate.set()
    assert other != threading.get_ident()


@pytest.mark.parametrize(
    "ring",
    [
        lambda mailbox: mailbox.post(Request(1, "latent.probe", 1, StartEngine())),
        lambda mailbox: mailbox.cancel("latent.probe", 2),
        lambda mailbox: mailbox.hide(frozenset({"latent"})),
        lambda mailbox: mailbox.close(),
    ],
    ids=["asked", "cancelled", "hidden", "closed"],
)
def test_whoever_asks_wakes_a_loop_that_waits_for_something_else(ring: Callable[[Mailbox], None]) -> None:
    mailbox = Mailbox()
    ring(mailbox)
    assert mailbox.bell.wait(TIMEOUT)
    assert not mailbox.bell.wait(0), "one ring is heard once"


def test_what_is_done_wakes_the_loop(bell: Bell) -> None:
    gate = threading.Event()
    work = aside(lambda: gate.wait(TIMEOUT))
    next(work)
    gate.set()
    assert bell.wait(TIMEOUT)
    assert made_by(work)


NICE = """
import os, threading
from explorer.processors import YIELDING, stand_behind_a_window
from explorer.engine.aside import aside
def made(work):
    try:
        while True: next(work)
    except StopIteration as done:
        return done.value
def own(): return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
if BEHIND: stand_behind_a_window()
here = own()
print(made(aside(own)) - here, made(aside(own, yields=True)) - here - (YIELDING if BEHIND else 0), own() - here)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
@pytest.mark.parametrize("behind", [True, False])
def test_only_what_yields_gives_way_and_only_behind_a_window(behind: bool) -> None:
    program = NICE.replace("BEHIND", str(behind))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0", "0"]


def test_a_step_that_was_quick_is_taken_here_and_one_that_was_not_by_another_thread(bell: Bell) -> None:
    here = threading.get_ident()
    assert made_by(Pace[int](can_be_apart=True, took=0.0).step(threading.get_ident)) == here
    assert made_by(Pace[int](can_be_apart=False).step(threading.get_ident)) == here
    pace = Pace[int](can_be_apart=True)
    assert made_by(pace.step(threading.get_ident)) != here, "nobody knows how long the first takes"
    assert pace.took < TIMEOUT


def test_of_all_who_wait_for_a_step_one_has_it(bell: Bell) -> None:
    gate, calls, pace = threading.Event(), [], Pace[int](can_be_apart=True)

    def call() -> int:
        calls.append(1)
        assert gate.wait(TIMEOUT)
        return 7

    first, second = pace.step(call), pace.step(call)
    next(first)
    next(second)
    assert pace.under_way
    gate.set()
    assert made_by(first) == 7
    with pytest.raises(Taken):
        made_by(second)
    assert calls == [1]
    assert not pace.under_way


def test_items_of_a_walk_come_in_their_order_and_what_it_returns_at_last(bell: Bell) -> None:
    def walk() -> Generator[int, None, str]:
        yield from (1, 2, 3)
        return "over"

    def heard() -> Generator[None, None, str]:
        steps = paced(walk(), Pace(can_be_apart=True))
        while True:
            try:
                found.append(next(steps))
            except StopIteration as done:
                end: str = done.value
                return end
            yield

    found: list[int | None] = []
    assert made_by(heard()) == "over"
    assert [item for item in found if item is not None] == [1, 2, 3]

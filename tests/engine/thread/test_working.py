"""An engine at work: what needs no torch is answered while that is imported, and an import that fails is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from explorer.engine.engine import Engine
from explorer.engine.models.messages import ScanLibrary
from explorer.engine.thread.messages import Done, EngineDown, SetFrameBudget
from explorer.engine.thread.requests import Payload, Request, Steps
from explorer.engine.thread.working import work

TIMEOUT = 300
Bench = Any
"""Of `conftest.py`."""


class Slow(Engine):
    """The real engine, whose imports take as long as a test wants, and which can scan at once."""

    def __init__(self) -> None:
        super().__init__()
        self.may_load = threading.Event()
        self.trouble: Exception | None = None

    def load(self) -> None:
        assert self.may_load.wait(TIMEOUT)
        if self.trouble is not None:
            raise self.trouble
        super().load()

    def early(self, payload: Payload) -> Steps | None:
        return iter([Done()]) if isinstance(payload, ScanLibrary) else None


@pytest.fixture
def bench(serving: Callable[..., Bench]) -> Bench:
    lost: list[EngineDown] = []
    engine = Slow()
    made = serving(engine, lambda mailbox, put: work(engine, mailbox, put, lost.append), engine.may_load.set)
    made.lost = lost
    return made


def test_what_needs_no_torch_is_answered_while_it_is_imported(bench: Bench) -> None:
    bench.mailbox.post(Request(1, "frames", 1, SetFrameBudget(5)))
    bench.mailbox.post(Request(2, "library", 1, ScanLibrary()))
    assert bench.answer(2) == Done()
    assert [result.request_id for result in bench.results] == [2], "the other waits for torch"
    bench.engine.may_load.set()
    assert bench.answer(1) == Done()


def test_an_import_that_fails_is_told_and_everything_is_refused(bench: Bench) -> None:
    bench.engine.trouble = ImportError("No module named torch")
    bench.engine.may_load.set()
    bench.mailbox.post(Request(1, "frames", 1, SetFrameBudget(5)))
    down = bench.answer(1)
    assert isinstance(down, EngineDown)
    assert not down.has_started
    assert "cannot start" in down.message
    assert "No module named torch" in down.message
    assert down.request == SetFrameBudget(5)
    assert [told.message for told in bench.lost] == [down.message]

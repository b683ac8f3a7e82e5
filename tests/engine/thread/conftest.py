"""A thread that serves an engine, and what has come of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.requests import Outcome, Result

TIMEOUT = 300
Serve = Callable[[Mailbox, Callable[[Result], None]], object]


class Bench:
    """An engine on a thread of its own: `mailbox` is the way to it, `results` is what came."""

    def __init__(self, engine: Any, serve: Serve) -> None:
        self.engine, self.mailbox = engine, Mailbox()
        self.results: list[Result] = []
        self.arrived = threading.Condition()
        self.thread = threading.Thread(target=serve, args=(self.mailbox, self._put))
        self.thread.start()

    def _put(self, result: Result) -> None:
        with self.arrived:
            self.results.append(result)
            self.arrived.notify_all()

    def answer(self, request_id: int) -> Outcome:
        """The last that came for a request."""

        def last() -> list[Result]:
            return [r for r in self.results if r.request_id == request_id and r.last]

        with self.arrived:
            assert self.arrived.wait_for(last, TIMEOUT)
            return last()[0].outcome


@pytest.fixture
def serving() -> Iterator[Callable[..., Bench]]:
    """`serving(engine, serve, let_go)`: `let_go` lets the engine end whatever it waits for."""
    made: list[tuple[Bench, Callable[[], object]]] = []

    def build(engine: Any, serve: Serve, let_go: Callable[[], object]) -> Bench:
        made.append((Bench(engine, serve), let_go))
        return made[-1][0]

    yield build
    for bench, let_go in made:
        bench.mailbox.close()
        let_go()
        bench.thread.join(TIMEOUT)
        assert not bench.thread.is_alive()

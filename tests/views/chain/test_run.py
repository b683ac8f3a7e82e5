"""What a run tells of the progress that comes from the engine: the newest, and not more often than a window can paint."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from explorer.engine.chain.messages import ChainFinished, ChainProgress, LaneKey, LaneProgress, lane_keys
from explorer.engine.thread.client import Client
from explorer.engine.thread.requests import Outcome, Request, Result
from explorer.recipe import ChainRecipe, Lane
from explorer.views.chain.pace import LEAST_MS
from explorer.views.chain.run import ChainRun

RECIPE = ChainRecipe((Lane("a" * 64, "a.safetensors", "C"),), 0, 1)


class Gate(QObject):
    """An engine that answers when the test says so."""

    woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._asked: list[Request] = []
        self._ready: list[Result] = []

    def post(self, request: Request) -> None:
        self._asked.append(request)

    def cancel(self, channel: str, generation: int) -> None:
        pass

    def take_results(self) -> list[Result]:
        ready, self._ready = self._ready, []
        return ready

    def answer(self, outcome: Outcome, last: bool = False) -> None:
        """To the request that was made last."""
        asked = self._asked[-1]
        self._ready.append(Result(asked.request_id, asked.channel, asked.generation, outcome, last))
        self.woken.emit()


class Told(QObject):
    """Counts what a run tells."""

    def __init__(self, run: ChainRun) -> None:
        super().__init__()
        self._run, self.done = run, list[int]()
        run.progressed.connect(self._progressed)

    def _progressed(self) -> None:
        self.done.append(self._run.done.get(key(), -1))


def key() -> LaneKey:
    return lane_keys(RECIPE)[0]


def progress(done: int) -> ChainProgress:
    return ChainProgress((LaneProgress(key(), done, 100),), 1.0, 1.0, 0, 1)


@pytest.fixture
def gate(qapp: object) -> Gate:
    return Gate()


@pytest.fixture
def run(gate: Gate) -> ChainRun:
    made = ChainRun(Client(gate), "chain")
    made.start(RECIPE)
    return made


def test_many_steps_at_once_are_told_as_the_first_and_the_newest(run: ChainRun, gate: Gate, qtbot: QtBot) -> None:
    told = Told(run)
    for done in range(1, 51):
        gate.answer(progress(done))
    assert told.done == [1]
    qtbot.waitUntil(lambda: told.done == [1, 50])
    assert np.all(np.diff(told.done) > 0)


def test_the_end_does_not_wait_and_nothing_comes_after_it(run: ChainRun, gate: Gate, qtbot: QtBot) -> None:
    told = Told(run)
    gate.answer(progress(1))
    gate.answer(progress(2))
    with qtbot.waitSignal(run.ended):
        gate.answer(ChainFinished((LaneProgress(key(), 100, 100),), 0, 1), last=True)
    assert told.done == [1, 100]
    with qtbot.waitSignal(run.progressed, raising=False, timeout=3 * LEAST_MS) as more:
        pass
    assert not more.signal_triggered


def test_stopping_tells_what_there_is(run: ChainRun, gate: Gate) -> None:
    told = Told(run)
    for done in (1, 2, 3):
        gate.answer(progress(done))
    run.stop()
    assert told.done == [1, 3]
    assert run.done[key()] == 3

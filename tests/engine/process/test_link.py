"""The window's link to an engine in a process of its own: the real one, killed in the midst of work."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook
from explorer.engine.chain.messages import ChainFinished, ChainProgress, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.models.messages import OpenCheckpoint
from explorer.engine.process.child import Child
from explorer.engine.process.link import PATIENCE, ProcessLink
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed, StartEngine
from explorer.engine.thread.requests import Outcome
from explorer.recipe import ChainRecipe, Lane, Sampler
from tests.engine.process.owner import Owner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


class Clock:
    """Time that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Setup:
    def __init__(self) -> None:
        self.clock = Clock()
        self.link = ProcessLink(clock=self.clock)
        self.client = Client(self.link)
        self.owner = Owner(self.client, self.link)
        self.link.start()
        self.client.send(StartEngine(device="cpu"), "engine")

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.link.pid, number)


@pytest.fixture
def setup(qtbot: QtBot) -> Iterator[Setup]:
    made = Setup()
    yield made
    assert made.link.shutdown()
    assert not made.link.running


def chain(path: Path, steps: int | None = 10) -> ChainRecipe:
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(steps)),), 0, 2)


def test_it_samples_scrubs_cancels_and_fails_as_a_thread_does(
    setup: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    client, recipe = setup.client, chain(checkpoints["mnist-ddpm-c"], None)
    progress: list[Outcome] = []
    shown: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", progress.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress))
    for t in range(1000, 990, -1):
        client.send(ShowStep(lane_keys(recipe), t, "x_t"), "step", shown.append)
    qtbot.waitUntil(lambda: bool(shown))
    assert not any(isinstance(o, ChainFinished) for o in progress), "scrubbing is answered while the chain is sampled"
    assert [o.t for o in shown if isinstance(o, StepShown)][-1] == 991
    client.cancel("chain")
    again: list[Outcome] = []
    for _ in range(2):
        client.send(ShowStep(lane_keys(recipe), 0, "x_t"), "step", again.append, queued=True)
    qtbot.waitUntil(lambda: len(again) == 2)
    first, second = again
    assert isinstance(first, StepShown)
    assert isinstance(second, StepShown)
    assert first.frames[0].k == second.frames[0].k > 0, "no step is taken after the cancel"
    assert not first.frames[0].tiles.flags.writeable
    missing = OpenCheckpoint(str(tmp_path / "none.safetensors"))
    with qtbot.waitSignal(client.failed) as failed:
        client.send(missing, "open", queued=True)
    told = failed.args[0]
    assert isinstance(told, Failed)
    assert "none.safetensors: no such file" in told.message
    assert told.request == missing


def test_it_exports_a_file(setup: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    recipe, path = chain(checkpoints["mnist-ddpm-c"], 4), tmp_path / "a.png"
    done: list[Outcome] = []
    setup.client.send(ExportChain(recipe, str(path), ExportLook()), "export", done.append)
    qtbot.waitUntil(lambda: any(isinstance(o, Exported) for o in done))
    with Image.open(path) as picture:
        picture.load()


@pytest.mark.parametrize(("number", "words"), [(signal.SIGKILL, "killed by signal 9"), (signal.SIGSEGV, "a segmentation fault, signal 11")])
def test_an_engine_that_is_killed_is_started_again_and_what_was_asked_is_answered(
    setup: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path], number: int, words: str
) -> None:
    client, recipe = setup.client, chain(checkpoints["mnist-ddpm-c"], 60)
    outcomes: list[Outcome] = []
    failed: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", outcomes.append, on_failure=failed.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in outcomes))
    before = setup.link.pid
    setup.kill(number)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainFinished) for o in outcomes))
    (down,) = setup.owner.told
    assert (down.message, down.goes_on) == (f"The engine stopped ({words}); it was started again.", True)
    assert bool(down.advice) == (number == signal.SIGKILL)
    if number == signal.SIGSEGV:
        assert "Fatal Python error: Segmentation fault" in down.detail
    assert setup.link.pid != before
    assert failed == []
    assert not client.busy


def test_one_that_is_lost_twice_within_a_minute_waits_for_the_person(setup: Setup, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    client, recipe = setup.client, chain(checkpoints["mnist-ddpm-c"], None)
    outcomes: list[Outcome] = []
    failed: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", outcomes.append, on_failure=failed.append)
    for _ in range(2):
        outcomes.clear()
        qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in outcomes))
        setup.kill()
        setup.clock.now += PATIENCE / 2
    qtbot.waitUntil(lambda: bool(failed))
    assert not setup.link.running
    (down,) = failed
    assert isinstance(down, EngineDown)
    assert down.has_started
    assert down.can_retry
    assert not down.goes_on
    assert "twice within a minute (killed by signal 9)" in down.message
    assert down.request == SampleChain(recipe)
    assert not client.busy
    client.send(OpenCheckpoint(str(checkpoints["mnist-ddpm-c"])), "later", on_failure=failed.append)
    assert len(failed) == 1, "who asks is not answered before it has asked"
    qtbot.waitUntil(lambda: len(failed) == 2)
    setup.link.start()
    ready: list[Outcome] = []
    client.send(StartEngine(device="cpu"), "engine", ready.append)
    qtbot.waitUntil(lambda: bool(ready))
    assert isinstance(ready[0], EngineReady)


def test_one_that_is_lost_long_after_is_started_again_each_time(setup: Setup, qtbot: QtBot) -> None:
    for _ in range(2):
        qtbot.waitUntil(lambda: not setup.client.busy)
        told = len(setup.owner.told)
        setup.kill()
        qtbot.waitUntil(lambda told=told: len(setup.owner.told) > told)
        setup.clock.now += PATIENCE + 1
    assert all(down.goes_on for down in setup.owner.told)


def test_an_engine_that_cannot_start_says_why_and_is_not_tried_again_by_itself(qtbot: QtBot) -> None:
    tries: list[Child] = []

    def make() -> Child:
        tries.append(Child([sys.executable, "-c", "raise SystemExit('No module named torch')"]))
        return tries[-1]

    link = ProcessLink(make=make)
    client = Client(link)
    failed: list[Outcome] = []
    client.send(StartEngine(), "engine", on_failure=failed.append)
    link.start()
    qtbot.waitUntil(lambda: bool(failed))
    (down,) = failed
    assert isinstance(down, EngineDown)
    assert not down.has_started
    assert down.message == "the engine cannot start: No module named torch"
    assert len(tries) == 1
    assert link.shutdown()


def test_an_engine_that_is_not_there_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    link = ProcessLink(make=lambda: Child([str(tmp_path / "none")]))
    client = Client(link)
    failed: list[Outcome] = []
    client.send(StartEngine(), "engine", on_failure=failed.append)
    link.start()
    qtbot.waitUntil(lambda: bool(failed))
    assert "No such file" in failed[0].message  # type: ignore[attr-defined]
    assert link.shutdown()

"""The real thread with the real engine, through the client."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import file_sha256
from explorer.engine.chain.messages import ChainFinished, ChainProgress, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.models.messages import CheckpointOpened, OpenCheckpoint
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import EngineDown, EngineReady, Failed, SetFrameBudget, StartEngine
from explorer.engine.thread.requests import Outcome, Request
from explorer.engine.thread.worker import Worker
from explorer.recipe import ChainRecipe, Lane, Sampler

TIMEOUT = 300_000


@pytest.fixture
def client(qtbot: QtBot) -> Iterator[Client]:
    worker = Worker()
    made = Client(worker)
    worker.start()
    made.send(StartEngine(device="cpu"), "engine", queued=True)
    yield made
    assert worker.shutdown(TIMEOUT)
    assert not worker.running


def chain(path: Path, steps: int | None = 10, seed: int = 0) -> ChainRecipe:
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(steps)),), seed, 2)


def test_only_the_newest_request_of_a_channel_is_answered(qtbot: QtBot, client: Client, checkpoints: Mapping[str, Path]) -> None:
    recipe = chain(checkpoints["mnist-ddpm-c"])
    finished: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", finished.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainFinished) for o in finished), timeout=TIMEOUT)
    shown: list[Outcome] = []
    for t in range(1000, -1, -1):
        client.send(ShowStep(lane_keys(recipe), t, "x_t"), "step", shown.append)
    qtbot.waitUntil(lambda: not client.busy, timeout=TIMEOUT)
    assert [o.t for o in shown if isinstance(o, StepShown)] == [0]


def test_scrubbing_is_answered_while_sampling_runs_and_cancel_stops_it(
    qtbot: QtBot, client: Client, checkpoints: Mapping[str, Path]
) -> None:
    recipe = chain(checkpoints["mnist-ddpm-c"], steps=None)
    progress: list[Outcome] = []
    shown: list[Outcome] = []
    client.send(SampleChain(recipe), "chain", progress.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress), timeout=TIMEOUT)
    client.send(ShowStep(lane_keys(recipe), 1000, "x_t"), "step", shown.append)
    qtbot.waitUntil(lambda: bool(shown), timeout=TIMEOUT)
    assert not any(isinstance(o, ChainFinished) for o in progress)
    client.cancel("chain")
    assert not client.busy
    count = len(progress)
    done: list[Outcome] = []
    client.send(ShowStep(lane_keys(recipe), 0, "x_t"), "step", done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=TIMEOUT)
    first = done[0]
    client.send(ShowStep(lane_keys(recipe), 0, "x_t"), "step", done.append)
    qtbot.waitUntil(lambda: len(done) == 2, timeout=TIMEOUT)
    second = done[1]
    assert isinstance(first, StepShown)
    assert isinstance(second, StepShown)
    assert second.frames[0].k == first.frames[0].k > 0, "no step is taken after the cancel"
    assert len(progress) == count, "nothing of what was cancelled is delivered"


def test_a_failure_is_told_and_the_engine_goes_on(qtbot: QtBot, client: Client, tmp_path: Path, checkpoints: Mapping[str, Path]) -> None:
    with qtbot.waitSignal(client.failed, timeout=TIMEOUT) as told:
        client.send(OpenCheckpoint(str(tmp_path / "none.safetensors")), "open", queued=True)
    failed = told.args[0]
    assert isinstance(failed, Failed)
    assert "none.safetensors: no such file" in failed.message
    own: list[Outcome] = []
    client.send(OpenCheckpoint(str(tmp_path / "none.safetensors")), "open", queued=True, on_failure=own.append)
    opened: list[Outcome] = []
    client.send(OpenCheckpoint(str(checkpoints["mnist-ddpm-c"])), "open", opened.append, queued=True)
    qtbot.waitUntil(lambda: not client.busy, timeout=TIMEOUT)
    assert isinstance(opened[-1], CheckpointOpened)
    assert len(own) == 1


def test_closing_while_sampling_leaves_no_thread(qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    worker = Worker()
    client = Client(worker)
    worker.start()
    progress: list[Outcome] = []
    client.send(SampleChain(chain(checkpoints["mnist-ddpm-c"], steps=None)), "chain", progress.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress), timeout=TIMEOUT)
    assert worker.running
    assert worker.shutdown(TIMEOUT)
    assert not worker.running


class Bell(QObject):
    """Hears on the main thread: a slot of no QObject would run on the engine's, while pytest-qt takes it away."""

    def __init__(self) -> None:
        super().__init__()
        self.rung = 0

    def ring(self) -> None:
        self.rung += 1


def test_a_closed_client_delivers_nothing_more(qtbot: QtBot, client: Client, checkpoints: Mapping[str, Path]) -> None:
    progress: list[Outcome] = []
    client.send(SampleChain(chain(checkpoints["mnist-ddpm-c"], steps=None)), "chain", progress.append)
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress), timeout=TIMEOUT)
    count = len(progress)
    client.close()
    bell = Bell()
    client._link.woken.connect(bell.ring)
    qtbot.waitUntil(lambda: bell.rung >= 2, timeout=TIMEOUT)
    assert len(progress) == count
    assert not client.busy


def test_garbage_is_collected_by_the_main_thread_alone(qtbot: QtBot) -> None:
    """A widget in a cycle that the engine thread collects is deleted under the event loop's hands."""
    threads: set[int] = set()

    class Knot:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            threads.add(threading.get_ident())

    gc.enable()
    try:
        worker = Worker()
        worker.start()
        assert not gc.isenabled()

        def collected() -> bool:
            kept = [Knot() for _ in range(2 * gc.get_threshold()[0])]  # each time: what the engine's thread lets go counts against them
            del kept
            return bool(threads)

        qtbot.waitUntil(collected, timeout=TIMEOUT)
        assert threads == {threading.get_ident()}
        assert worker.shutdown(TIMEOUT)
        assert gc.isenabled()
    finally:
        gc.disable()


def test_when_the_engine_stops_all_that_is_asked_is_answered(qtbot: QtBot, client: Client, checkpoints: Mapping[str, Path]) -> None:
    path = checkpoints["mnist-ddpm-c"]
    progress: list[Outcome] = []
    failed: dict[str, Outcome] = {}
    for channel in ("chain", "beside"):
        payload = SampleChain(chain(path, steps=None))
        client.send(payload, channel, progress.append, on_failure=partial(failed.__setitem__, channel))
    qtbot.waitUntil(lambda: any(isinstance(o, ChainProgress) for o in progress), timeout=TIMEOUT)
    unforeseen = Request(0, "unforeseen", None, SetFrameBudget(1), queued=True)  # type: ignore[arg-type]  # generations are compared
    client._link.post(unforeseen)  # taken before what is asked from here on
    client.send(OpenCheckpoint(str(path)), "later", progress.append, on_failure=partial(failed.__setitem__, "later"))
    qtbot.waitUntil(lambda: not client.busy, timeout=TIMEOUT)
    assert set(failed) == {"chain", "beside", "later"}
    for down in failed.values():
        assert isinstance(down, EngineDown)
        assert down.has_started
        assert down.message.startswith("the engine stopped: ")
        assert "start the app again" in down.message
        assert "Traceback" in down.detail
    assert not any(isinstance(o, ChainFinished) for o in progress)
    assert failed["later"].request == OpenCheckpoint(str(path))  # type: ignore[union-attr]


def test_an_engine_that_cannot_start_says_so(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "explorer.engine.engine", None)  # as in an install that is broken
    worker = Worker()
    client = Client(worker)
    worker.start()
    for _ in range(2):
        with qtbot.waitSignal(client.failed, timeout=TIMEOUT) as told:
            client.send(StartEngine(device="cpu"), "engine", queued=True)
        down = told.args[0]
        assert isinstance(down, EngineDown)
        assert not down.has_started
        assert down.message.startswith("the engine cannot start: ")
    assert worker.shutdown(TIMEOUT)


def test_the_client_says_when_it_is_busy(qtbot: QtBot, client: Client) -> None:
    ready: list[Outcome] = []
    with qtbot.waitSignal(client.busy_changed, timeout=TIMEOUT, check_params_cb=lambda busy: not busy):
        client.send(StartEngine(device="cpu"), "engine", ready.append, queued=True)
        assert client.busy
    assert isinstance(ready[-1], EngineReady)


def test_the_window_side_does_not_import_torch() -> None:
    program = (
        "import sys, explorer.engine.thread.worker, explorer.engine.thread.client, explorer.state.store; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""A client over another link than the worker: the real engine, answering at once, without a thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.engine import Engine
from explorer.engine.models.messages import CheckpointOpened, OpenCheckpoint
from explorer.engine.thread.client import Client
from explorer.engine.thread.loop import failure
from explorer.engine.thread.messages import EngineReady, Failed, StartEngine
from explorer.engine.thread.requests import Outcome, Request, Result


class AtOnce(QObject):
    """Answers while it is posted to."""

    woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.results: list[Result] = []

    def post(self, request: Request) -> None:
        try:
            outcomes: list[Outcome] = [o for o in self.engine.handle(request.payload, request.channel) if o is not None]
        except Exception as error:
            outcomes = [failure(error)]
        for i, outcome in enumerate(outcomes, 1):
            self.results.append(Result(request.request_id, request.channel, request.generation, outcome, i == len(outcomes)))
        self.woken.emit()

    def cancel(self, channel: str, generation: int) -> None:
        self.results = [r for r in self.results if r.channel != channel or r.generation >= generation]

    def hide(self, owners: frozenset[str]) -> None:
        """What is answered at once waits for nothing."""

    def take_results(self) -> list[Result]:
        results, self.results = self.results, []
        return results


def test_a_client_works_over_any_link(checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    client = Client(AtOnce())
    told: list[Outcome] = []
    busy: list[bool] = []
    client.failed.connect(told.append)
    client.busy_changed.connect(busy.append)
    ready: list[Outcome] = []
    client.send(StartEngine("cpu"), "engine", ready.append)
    assert [type(outcome) for outcome in ready] == [EngineReady]
    opened: list[Outcome] = []
    client.send(OpenCheckpoint(str(checkpoints["mnist-vae-2d"])), "open", opened.append)
    assert type(opened[-1]) is CheckpointOpened
    assert told == []
    client.send(OpenCheckpoint(str(tmp_path / "none.safetensors")), "open", opened.append)
    (failed,) = told
    assert isinstance(failed, Failed)
    assert "no such file" in failed.message
    assert [type(outcome) for outcome in opened].count(CheckpointOpened) == 1
    assert busy == [True, False] * 3, "an answer that comes at once ends being busy, too"

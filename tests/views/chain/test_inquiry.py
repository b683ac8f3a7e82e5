"""Questions of which only the newest matters, put to the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.client import Client
from explorer.engine.messages import DecodeCodes, OpenCheckpoint, Outcome, ScanLibrary
from explorer.engine.worker import Worker
from explorer.views.chain.inquiry import Inquiry


@pytest.fixture
def client() -> Iterator[Client]:
    worker = Worker()
    made = Client(worker)
    worker.start()
    yield made
    assert worker.shutdown()


def test_while_one_is_under_way_only_the_newest_waits(client: Client, checkpoints: dict, qtbot: QtBot) -> None:
    inquiry = Inquiry(client, "test")
    answers: list[Outcome] = []
    path = str(checkpoints["mnist-vae-2d"])
    for x in range(10):
        inquiry.ask("codes", DecodeCodes(path, ((float(x), 0.0),)), answers.append)
    assert not inquiry.idle
    with qtbot.waitSignal(inquiry.settled, timeout=60_000):
        pass
    assert [float(a.codes[0, 0]) for a in answers] == [0.0, 9.0]  # type: ignore[union-attr]
    assert inquiry.idle


def test_a_failure_is_told_and_the_next_question_is_put(client: Client, checkpoints: dict, qtbot: QtBot) -> None:
    inquiry = Inquiry(client, "test")
    answers: list[Outcome] = []
    with qtbot.waitSignal(client.failed, timeout=60_000) as told:
        inquiry.ask("open", OpenCheckpoint("nowhere.safetensors"), answers.append)
        inquiry.ask("open", ScanLibrary(), answers.append)
    assert "nowhere.safetensors" in told.args[0].message
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=60_000)
    assert inquiry.idle


def test_what_is_dropped_is_not_answered(client: Client, qtbot: QtBot) -> None:
    inquiry = Inquiry(client, "test")
    answers: list[Outcome] = []
    inquiry.ask("a", ScanLibrary(), answers.append)
    inquiry.drop()
    assert inquiry.idle
    inquiry.ask("b", ScanLibrary(), answers.append)
    with qtbot.waitSignal(inquiry.settled, timeout=60_000):
        pass
    assert len(answers) == 1

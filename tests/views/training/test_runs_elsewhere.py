"""Runs on the engine's machine: a real one is trained there, in a process of its own, and its files are here as they are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.checkpoints.reading import read_card
from explorer.datasets.mnist import mnist
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.link import FarLink
from explorer.engine.process.spawning import command
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import StartEngine
from explorer.errors import BadInput
from explorer.paths import HOME_VARIABLE
from explorer.recipe.training import TrainRecipe
from explorer.sources.hashing import file_hash
from explorer.training.control import STATUS_NAME, RunStatus, read_status, write_status
from explorer.training.runs import Run, look
from explorer.views.training.elsewhere import NOTE_NAME, RunsElsewhere
from explorer.views.training.pictures import images_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="env is of POSIX")
QUICK = TrainRecipe(model="ae", images=512, epochs=2, batch=64, threads=1)


class There:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.link = FarLink(Address("box", ("env", f"{HOME_VARIABLE}={home}", *command())))
        self.client = Client(self.link)
        self.link.start()
        self.client.send(StartEngine(device="cpu"), "engine")
        self.runs = RunsElsewhere(self.client, "box")

    def look(self, folder: Path) -> Run:
        found = look(folder)
        assert found is not None
        self.runs.follow([found])
        return found

    def folder_of(self, folder: Path) -> Path:
        """The run's folder there."""
        (found,) = (self.home / "state" / "runs").glob(f"{folder.name}-*")
        return found


@pytest.fixture
def there(qtbot: QtBot, tmp_path: Path) -> Iterator[There]:
    made = There(tmp_path / "far")
    yield made
    assert made.link.shutdown()


def test_a_run_is_trained_there_and_its_files_are_here(there: There, qtbot: QtBot) -> None:
    folder = there.runs.start(QUICK)
    assert there.look(folder).phase == "starting"
    qtbot.waitUntil(lambda: there.look(folder).phase == "finished" and not there.client.busy)
    far = there.folder_of(folder)
    for name in ("final.safetensors", "epoch-001.safetensors", "loss.csv", STATUS_NAME):
        assert (folder / name).read_bytes() == (far / name).read_bytes(), name
    assert not (folder / "state.ckpt").exists()
    assert [path for path in folder.iterdir() if path.name.endswith(".partial")] == []
    assert there.look(folder).recipe == QUICK
    kept = there.home / "cache" / "elsewhere" / "files"
    assert {file_hash(path) for path in far.glob("*.safetensors")} == {path.name for path in kept.iterdir()}, "they need not be sent back"


def test_a_run_is_stopped_and_goes_on_there(there: There, qtbot: QtBot) -> None:
    folder = there.runs.start(TrainRecipe(model="ae", images=4096, epochs=200, batch=16, threads=1))
    qtbot.waitUntil(lambda: there.look(folder).phase == "running")
    there.runs.ask(there.look(folder), "stop")
    qtbot.waitUntil(lambda: there.look(folder).phase == "stopped")
    stopped = read_status(folder)
    assert stopped is not None
    there.runs.ask(there.look(folder), "")
    phases = []

    def further() -> bool:
        run = there.look(folder)
        phases.append(run.phase)
        return run.phase == "running" and run.status is not None and run.status.step > stopped.step

    qtbot.waitUntil(further)
    assert "stopped" not in phases, "what is there of the process before is no news"
    there.runs.ask(there.look(folder), "pause")
    assert there.look(folder).wish == "pause", "seen at once"
    qtbot.waitUntil(lambda: there.look(folder).phase == "paused")
    there.runs.ask(there.look(folder), "")
    qtbot.waitUntil(lambda: there.look(folder).phase == "running")
    there.runs.ask(there.look(folder), "stop")
    qtbot.waitUntil(lambda: there.look(folder).phase == "stopped")


def test_a_data_set_of_this_machine_is_sent_and_called_as_it_is_here(there: There, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    images, labels = mnist("test")
    np.savez(path, x_train=images[:256], y_train=labels[:256])
    folder = there.runs.start(msgspec.structs.replace(QUICK, dataset=str(path), images=256, epochs=1))
    qtbot.waitUntil(lambda: there.look(folder).phase == "finished" and not there.client.busy)
    run = there.look(folder)
    assert run.status is not None
    assert run.status.dataset != str(path), "there it has another name"
    assert run.dataset == str(path)
    found = images_of(run)
    assert found is not None
    assert found.path == str(path)
    card = read_card(folder / "final.safetensors")
    assert card.data.name == "mine"


def test_a_run_that_cannot_begin_there_says_why(there: There, qtbot: QtBot, tmp_path: Path) -> None:
    there.home.mkdir()
    (there.home / "state").write_text("in the way")
    folder = there.runs.start(QUICK)
    qtbot.waitUntil(lambda: there.look(folder).phase == "failed")
    assert "the training could not be started" in there.look(folder).message


def test_a_run_of_another_machine_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / NOTE_NAME).write_text('{"engine": "other", "name": "a"}')
    write_status(tmp_path, RunStatus(1, "stopped", "generative-explorer train ae --out a", "ae"))
    run = look(tmp_path)
    assert run is not None
    client = Client(FarLink(Address("box", ("none",))))
    for engine in ("box", ""):
        with pytest.raises(BadInput, match="this run is on other: open the window with --engine there"):
            RunsElsewhere(client, engine).has(run)
    (tmp_path / NOTE_NAME).unlink()
    assert not RunsElsewhere(client, "box").has(run)

"""The whole window over an engine elsewhere: it says where, outlives the connection, and goes on; bad addresses are one sentence."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.cli import main
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.link import FarLink
from explorer.engine.process.spawning import command
from explorer.paths import HOME_VARIABLE
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def explorer(qtbot: QtBot, tmp_path: Path) -> Iterator[Explorer]:
    link = FarLink(Address("box", ("env", f"{HOME_VARIABLE}={tmp_path / 'far'}", *command())))
    made = Explorer(Loaded(Saved(session=Session()), fresh=True), None, link=link)
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.began):
        made.show()
    yield made
    assert made.shutdown()


def test_a_window_whose_connection_breaks_says_so_and_goes_on(explorer: Explorer, qtbot: QtBot) -> None:
    window, banner = explorer.window, explorer.window.banner
    assert explorer.context.elsewhere == "box"
    qtbot.waitUntil(lambda: window.top_bar.state in ("ready", "busy"))
    assert window.top_bar.device_text.startswith("box · CPU")
    before = explorer.store.session
    assert isinstance(explorer.worker, FarLink)
    told: list[str] = []
    explorer.worker.lost.connect(lambda down: told.append(down.message))
    for again in range(2):
        banner.dismiss()
        os.kill(explorer.worker.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: banner.message == "Connected to box again.")
        assert told == ["The connection to box broke (killed by signal 9); connecting again."] * (again + 1)
        assert "All that was open still is" in banner.hint
        assert banner.offer is None
    qtbot.waitUntil(lambda: window.current.idle and not explorer.client.busy)
    assert explorer.store.session == before
    assert banner.message in ("Connected to box again.", ""), "nothing that was asked meanwhile has failed"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ssh:", "name a machine, as in --engine ssh:HOST"),
        ("no-such-program", "--engine no-such-program: there is no such program on this machine"),
    ],
)
def test_what_is_no_place_for_an_engine_is_one_sentence(said: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engine", said]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert len(told.splitlines()) == 1

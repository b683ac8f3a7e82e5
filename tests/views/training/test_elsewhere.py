"""A run that another machine is at work on, in a folder that both see."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from pytestqt.qtbot import QtBot

from explorer.processes import Process
from explorer.state.session import Session
from explorer.state.training import TrainingState
from explorer.training.control import RunStatus, write_status
from explorer.training.runs import look
from explorer.views.training.facts import FACTS
from explorer.views.training.figures import phase_words
from explorer.views.training.run_list import WIDTH, RunCard
from explorer.views.training.status import status_of
from explorer.widgets.look.theme import Theme


def test_it_is_said_where_it_works_and_closing_the_window_asks_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    host = "a-machine-with-a-long-name.example.org"
    said = RunStatus(pid=5, phase="running", command="generative-explorer train vae", kind="vae", steps=10, step=3, started=time.time())
    write_status(tmp_path, said)
    here = look(tmp_path)
    assert here is not None
    assert " on " not in phase_words(here)
    write_status(tmp_path, msgspec.structs.replace(said, process=Process(host, "", 5, 1.0)))
    run = look(tmp_path)
    assert run is not None
    assert phase_words(run) == f"running on {host}"
    assert host in status_of(run).text
    card = RunCard(Theme("dark"))
    qtbot.addWidget(card)
    card.show_run(run, "", False)
    assert card.minimumSizeHint().width() <= WIDTH
    assert host in card.phase.toolTip()
    assert not FACTS.minds_closing(Session(training=TrainingState(folders=(str(tmp_path),))))

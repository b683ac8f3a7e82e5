"""The session keeps itself: soon, however long changes go on; each window its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from pytestqt.qtbot import QtBot

from explorer.autosave import LATEST_MS, Autosave, OwnFile
from explorer.state.persistence import Saved, load, write
from explorer.state.session import Session

HOLD = """
import sys
from pathlib import Path
from explorer.autosave import OwnFile
own = OwnFile(Path(sys.argv[1]))
print(own.path.name, flush=True)
input()
"""


def saved(**changes: object) -> Saved:
    return Saved(session=msgspec.structs.replace(Session(), **changes))


def test_what_changes_all_the_time_is_written_all_the_same(tmp_path: Path, qtbot: QtBot) -> None:
    file, count, root = tmp_path / "session.json", [0], QObject()
    keeper = Autosave(file, lambda: saved(default_steps=count[0]), root)

    def change() -> None:
        count[0] += 1
        keeper.changed()

    clock, changes = QElapsedTimer(), QTimer(root, interval=100)
    changes.timeout.connect(change)
    clock.start()
    changes.start()
    qtbot.waitUntil(lambda: file.exists() and load(file).saved.session.default_steps > 45, timeout=60_000)  # more than one time
    changes.stop()
    qtbot.waitUntil(lambda: load(file).saved.session.default_steps == count[0], timeout=60_000)
    keeper.save()
    assert clock.elapsed() > LATEST_MS


def test_the_last_change_is_what_is_kept(tmp_path: Path, qtbot: QtBot) -> None:
    file, root, steps = tmp_path / "session.json", QObject(), [1]
    keeper = Autosave(file, lambda: saved(default_steps=steps[0]), root)
    keeper.changed()
    qtbot.waitUntil(file.exists, timeout=60_000)
    steps[0] = 2
    keeper.changed()
    keeper.save()
    assert load(file).saved.session.default_steps == 2


def test_what_cannot_be_written_is_told(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    root = QObject()
    keeper = Autosave(tmp_path / "folder" / "session.json", saved, root)
    with qtbot.waitSignal(keeper.failed) as told:
        keeper.changed()
    assert "cannot be written" in str(told.args)
    with qtbot.waitSignal(keeper.failed):
        keeper.save()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return tmp_path / "state" / "session.json"


def test_each_window_has_its_own_and_recent_files_merge(first: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(first)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "session.json"
        write(first, saved(recent=("a", "b"), theme="light"))
        second = OwnFile(first)
        assert second.path.name == "session-2.json"
        begun = second.load()
        assert (begun.fresh, begun.saved.session.theme, begun.saved.session.recent) == (False, "light", ("a", "b"))
        write(second.path, saved(recent=("c", "a")))
        assert second.load().saved.session.recent == ("c", "a", "b")
        assert OwnFile(first).path.name == "session-3.json"
    finally:
        other.kill()
        other.communicate()
    alone = OwnFile(first)
    assert alone.path == first, "the file of a window that was killed is free"
    assert alone.load().saved.session.recent == ("a", "b", "c")
    alone.let_go()
    second.let_go()


def test_a_first_start_is_one(first: Path) -> None:
    own = OwnFile(first)
    assert own.load().fresh
    own.let_go()


def test_a_home_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    own = OwnFile(tmp_path / "home" / "state" / "session.json")
    loaded = own.load()
    assert (loaded.fresh, loaded.saved.session) == (True, Session())
    assert "cannot be read: Not a directory" in loaded.message
    own.let_go()

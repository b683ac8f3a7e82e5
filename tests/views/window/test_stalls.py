"""The heartbeat in the window's loop, what is told of it, and what is built while nobody does anything."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import load, session_file
from explorer.views.window.about import About
from explorer.views.window.ahead import BuildAhead
from explorer.views.window.stalls import StallMeter, Waits, told
from explorer.views.window.window_profile import WindowProfile

CLOSES_ITSELF = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
import explorer.app as app

class Closing(app.Explorer):
    looks = 0

    def show(self, paths=()):
        super().show(paths)
        self.timer = QTimer(self, interval=10)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    def look(self):
        self.looks += self.window.current.has_picture
        if self.looks == 20:  # some beats after there was something to see
            print(self.window.stalls.waits.beats)
            self.window.leave()

app.Explorer = Closing
sys.exit(app.run([], Path(sys.argv[1])))
"""


def busy(seconds: float) -> None:
    """Hold the loop."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The window as the app makes it, without its engine."""
    made = Explorer(load(session_file()), session_file())
    qtbot.addWidget(made.window)
    yield made
    assert made.shutdown()


def test_a_long_wait_counts_for_all_that_came_meanwhile() -> None:
    waits = Waits()
    for _ in range(900):
        waits.add(0.0, 10)
    waits.add(1000.0, 10)
    assert waits.longest == 1000
    assert waits.beats == 1000  # a hundred would have come in that second
    assert waits.percentile(50) <= 0.25
    assert waits.percentile(89) <= 0.25
    assert waits.percentile(95) == pytest.approx(500, abs=11)
    assert waits.percentile(100) == pytest.approx(1000, abs=1)


def test_nothing_is_told_before_the_first_beat() -> None:
    assert Waits().percentile(99) == 0
    assert told(Waits()) == "not measured"


def test_a_wait_beyond_all_bins_is_kept_as_it_is() -> None:
    waits = Waits()
    waits.add(9_000.5, 10)
    assert waits.longest == 9_000.5
    assert waits.percentile(99) <= 9_000.5


def test_the_meter_feels_the_loop_stand_still(qtbot: QtBot) -> None:
    meter = StallMeter(every_ms=2, by_second=True)
    meter.start()
    qtbot.waitUntil(lambda: meter.waits.beats > 3)
    before = meter.waits.longest
    QTimer.singleShot(0, lambda: busy(before / 1000 + 0.08))
    qtbot.waitUntil(lambda: meter.waits.longest >= before + 78)
    meter.stop()
    assert max(second.longest for second in meter.seconds) == meter.waits.longest
    assert sum(second.beats for second in meter.seconds) == meter.waits.beats


def test_about_tells_of_it(explorer: Explorer) -> None:
    explorer.window.show()
    explorer.window.stalls.waits.add(123.4, 10)
    explorer.window.menus.actions["about"].trigger()
    (about,) = explorer.window.findChildren(About)
    words = " ".join(label.text() for label in about.findChildren(QLabel))
    assert "Longest wait 124 ms" in words
    about.close()


def test_the_profile_of_a_window_is_written_when_it_closes(tmp_path: Path, _home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CLOSES_ITSELF, str(tmp_path / "p.json")], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0, "what About tells of is counted though the engine was started before the window"
    found = json.loads((tmp_path / "p.json").read_text())
    assert 0 < found["launch_to_window_seconds"] <= found["launch_to_first_picture_seconds"]
    assert 0 <= found["stalls_ms"]["p50"] <= found["stalls_ms"]["p99"] <= found["stalls_ms"]["p99.9"] <= found["stalls_ms"]["worst"]
    assert found["stalls_ms_by_second"]
    assert found["main_thread_cpu_seconds"] > 0
    assert found["peak_memory_bytes"] > 2**25


def test_a_profile_without_a_picture_says_so(explorer: Explorer, qtbot: QtBot) -> None:
    profile = WindowProfile(explorer.window, lambda: False)
    assert profile.measured()["launch_to_window_seconds"] is None
    explorer.window.show()
    qtbot.waitUntil(lambda: profile.measured()["launch_to_window_seconds"] is not None)
    assert profile.measured()["launch_to_first_picture_seconds"] is None
    profile.meter.stop()


def test_what_was_not_looked_at_is_built_in_quiet_moments(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    window.show()
    ahead = BuildAhead(window.workspaces, explorer.store, explorer)
    with qtbot.waitSignal(ahead.done):
        ahead.begin()
    assert set(window.workspaces.built) == set(window.workspaces)
    assert explorer.store.session.workspace == "reverse-chain"
    assert window.current.isVisible()
    assert not any(made.isVisible() for name, made in window.workspaces.built.items() if name != "reverse-chain")
    assert [menu.title() for menu in window.menus.shown()] == ["File", "Edit", "View", "Chain", "Bookmarks", "Help"]


def test_one_that_is_wanted_while_it_is_being_built_is_there_whole(explorer: Explorer) -> None:
    window = explorer.window
    window.show()
    slices = window.workspaces.slices("latent")
    next(slices)  # made, and in none of its places
    assert "latent" not in window.workspaces.built
    window.choose("latent")
    assert window.current.isVisible()
    assert window.inspector.currentWidget().isAncestorOf(window.current.inspector)
    assert next(slices, None) is None
    assert window.workspaces["latent"] is window.current


def test_nothing_is_built_while_the_pointer_moves(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    window.show()
    ahead = BuildAhead(window.workspaces, explorer.store, explorer)
    corner = QGuiApplication.primaryScreen().geometry().topLeft()
    for step in range(5):
        QCursor.setPos(corner + QPoint(step, 5))
        ahead._look()
    explorer.store.update_reverse(t=500)
    ahead._look()
    assert list(window.workspaces.built) == ["reverse-chain"]
    assert inspect.getgeneratorstate(ahead._slices) == inspect.GEN_CREATED  # type: ignore[arg-type]
    ahead._look()  # at last nothing has stirred
    assert inspect.getgeneratorstate(ahead._slices) == inspect.GEN_SUSPENDED  # type: ignore[arg-type]
    for _ in ahead._slices:  # what is half built belongs to nobody yet
        pass

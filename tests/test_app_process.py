"""The whole window over its real engine, in a process of its own: it never has torch, and outlives the engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from explorer import log
from explorer.app import Explorer
from explorer.engine.process.link import ProcessLink
from explorer.state.document import write_document
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

WATCHED = """
import sys
import explorer.app as app
from explorer.engine.process.child import Child

def begun(self):
    shown = [lane.option for lane in self.store.session.compare.recipe.lanes]
    print(shown, sorted({'torch', 'lightning_fabric', 'safetensors'} & set(sys.modules)), flush=True)
    self.window.leave()

make = app.Explorer.__init__
def made(self, *given, **named):
    make(self, *given, **named)
    self.began.connect(lambda: begun(self))
app.Explorer.__init__ = made
raise SystemExit(app.run([], child=Child()))
"""


def test_the_apps_own_process_never_imports_torch() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "['A', 'B', 'C'] []\n", done.stderr
    assert done.returncode == 0


ENDED_EARLY = """
import os, signal, sys
from pathlib import Path
import explorer.app as app

make = app.Explorer.__init__
def made(self, *given, **named):
    os.kill(os.getpid(), signal.SIGTERM)
    make(self, *given, **named)
app.Explorer.__init__ = made
raise SystemExit(app.run([], Path(sys.argv[1])))
"""

BESIDE = """
import explorer.app as app
from PySide6.QtWidgets import QWidget

def begun(self):
    self.other = QWidget()
    self.other.show()
    self.window.close()

make = app.Explorer.__init__
def made(self, *given, **named):
    make(self, *given, **named)
    self.began.connect(lambda: begun(self))
app.Explorer.__init__ = made
raise SystemExit(app.run([]))
"""


ASKED_BY_THE_SYSTEM = """
import sys
import explorer.app as app
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent

first, second = sys.argv[1:]
opened = []

def ask(path):
    QCoreApplication.sendEvent(QCoreApplication.instance(), QFileOpenEvent(path))

def look(self):
    path = self.window.documents.path
    if path is not None and str(path) not in opened:
        opened.append(str(path))
        ask(second) if len(opened) == 1 else self.window.leave()

made, started = app.Explorer.__init__, app.Explorer.start
def make(self, *given, **named):
    made(self, *given, **named)
    self.window.documents.changed.connect(lambda: look(self))
def start(self):
    ask(first)  # before there is anything that it can be given to
    started(self)
app.Explorer.__init__, app.Explorer.start = make, start
status = app.run([])
print(opened == [first, second])
raise SystemExit(status)
"""


AGAIN = """
import gc
import weakref
import explorer.app as app

made, windows = app.Explorer.__init__, []
def make(self, *given, **named):
    made(self, *given, **named)
    windows.append(weakref.ref(self))
    self.began.connect(self.window.leave)
app.Explorer.__init__ = make
app.make_application()
for _ in range(2):
    app.run([])
    gc.collect()
    print([window() for window in windows], gc.get_freeze_count())
"""


def test_of_a_window_that_was_closed_nothing_is_there_when_another_is_opened() -> None:
    """As tools open them, one after another in a process: what a window has spared the collector goes with it."""
    done = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "[None] 0\n[None, None] 0\n", done.stderr


def test_files_that_the_system_wants_opened_are_opened(tmp_path: Path) -> None:
    """As macOS tells an app that runs, and one that is starting, what was double-clicked."""
    paths = [tmp_path / "first.gexplore", tmp_path / "second.gexplore"]
    for path in paths:
        write_document(path, Session())
    words = [sys.executable, "-c", ASKED_BY_THE_SYSTEM, *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "True\n", done.stderr
    assert done.returncode == 0


def test_a_signal_while_the_window_is_built_ends_the_app_in_order_with_its_profile(tmp_path: Path) -> None:
    out = tmp_path / "profile.json"
    done = subprocess.run([sys.executable, "-c", ENDED_EARLY, str(out)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "launch_to_window_seconds" in json.loads(out.read_text())


def test_closing_the_window_ends_the_app_whatever_else_is_up() -> None:
    done = subprocess.run([sys.executable, "-c", BESIDE], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    made = Explorer(Loaded(Saved(session=Session()), fresh=True), None, link=ProcessLink(clock=lambda: 0.0))  # all in one minute
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.began):
        made.show()
    yield made
    assert made.shutdown()
    assert not made.worker.running


def few_steps(explorer: Explorer) -> None:
    """As many as are sampled in no time."""
    recipe = explorer.store.session.reverse.recipe
    lanes = tuple(msgspec.structs.replace(lane, sampler=msgspec.structs.replace(lane.sampler, steps=4)) for lane in recipe.lanes)
    explorer.store.update_reverse(recipe=msgspec.structs.replace(recipe, lanes=lanes, samples=2))


def kill(explorer: Explorer) -> None:
    assert isinstance(explorer.worker, ProcessLink)
    os.kill(explorer.worker.pid, signal.SIGKILL)


def test_a_window_whose_engine_is_killed_goes_on_and_keeps_all(explorer: Explorer, qtbot: QtBot, tmp_path: Path) -> None:
    log.begin(tmp_path / "log.txt")
    window, banner = explorer.window, explorer.window.banner
    run = window.workspaces["reverse-chain"].controller.run  # type: ignore[attr-defined]
    few_steps(explorer)
    qtbot.waitUntil(lambda: not run.sampling and bool(run.done))
    qtbot.waitUntil(lambda: window.current.idle and not explorer.client.busy)
    before = explorer.store.session
    kill(explorer)
    qtbot.waitUntil(lambda: banner.message != "")
    assert banner.message == "The engine stopped (killed by signal 9); it was started again."
    assert "All that was open still is" in banner.hint
    assert "memory" in banner.hint
    log.end()
    assert "The engine stopped (killed by signal 9)" in (tmp_path / "log.txt").read_text(), "a report says so, too"
    assert explorer.store.session == before
    qtbot.waitUntil(lambda: window.top_bar.state == "ready" and not run.sampling and bool(run.done))
    qtbot.waitUntil(lambda: window.current.idle and not explorer.client.busy)
    assert explorer.store.session == before, "the cursor, too, is where it was"
    assert banner.message.startswith("The engine stopped (killed"), "nothing that was asked meanwhile has failed"
    kill(explorer)
    qtbot.waitUntil(lambda: window.top_bar.state == "failed")
    assert "twice within a minute" in banner.message
    assert banner.offer is not None
    banner.offer.click()
    assert banner.message == ""
    qtbot.waitUntil(lambda: window.top_bar.state == "ready" and not run.sampling and bool(run.done))
    assert explorer.store.session == before


def test_a_window_that_closes_while_it_samples_leaves_no_process(explorer: Explorer, qtbot: QtBot) -> None:
    assert explorer.client.busy
    assert explorer.window.close()
    assert not explorer.worker.running

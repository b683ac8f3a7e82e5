"""How long the window lets a hand wait, while it samples, is scrubbed, switches workspaces, and is dragged in; and what it costs the chain.

Usage: python benchmarks/stalls.py [--seconds 8]

The real app with its engine in a process of its own, off screen at 1440 x 900, on a fresh session. A heartbeat of 2 ms in its event loop
counts how long an event waits that comes at any moment: p50, p99, p99.9 and the worst, in milliseconds, of each phase.
A timer does what a hand would: 60 moves of the cursor a second, four workspaces a second, 60 moves of the mouse in the
plane.

The chain's speed in the window is compared with the bare engine's: the same lane in a process without Qt, before and after; what runs
the network is chosen in both as the app chooses it before it has measured any. The stalls' peer is a window of PySide6 with one label,
in the same seconds of an idle machine.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import mean
from time import perf_counter

import msgspec
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from explorer.app import Explorer, make_application
from explorer.engine.process.link import ProcessLink
from explorer.recipe import Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session
from explorer.state.store import Store
from explorer.views.window.ahead import BuildAhead
from explorer.views.window.stalls import StallMeter, as_json

BARE = """
import sys, time
from explorer.engine.chain.messages import ChainProgress, SampleChain
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import StartEngine
from explorer.recipe import ChainRecipe
sys.path.insert(0, {folder!r})
from common import lane_of
from explorer.recipe import Sampler
engine = Engine()
list(engine.handle(StartEngine(chosen=True)))
began = steps = 0
for outcome in engine.handle(SampleChain(ChainRecipe((lane_of("mnist-ddpm-c", Sampler()),), 0, 16))):
    if isinstance(outcome, ChainProgress):
        steps += 1
        if steps == 20:
            began = time.perf_counter()
        elif began and time.perf_counter() - began > {seconds}:
            print((steps - 20) * 16 / (time.perf_counter() - began))
            break
"""


def bare(seconds: float) -> float:
    """Image-steps a second of the engine alone."""
    code = BARE.format(folder=os.path.dirname(os.path.abspath(__file__)), seconds=seconds)
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def spend(seconds: float, act: Callable[[], object] | None = None, every_ms: int = 16) -> StallMeter:
    """Let the app live, doing something again and again."""
    meter, loop = StallMeter(every_ms=2), QEventLoop()
    timer = QTimer(interval=every_ms, timerType=Qt.TimerType.PreciseTimer)
    if act is not None:
        timer.timeout.connect(act)
        timer.start()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    meter.start()
    loop.exec()
    meter.stop()
    timer.stop()
    return meter


def sample_anew(store: Store) -> None:
    """Ask for a chain that nothing is kept of, in all of its steps."""
    recipe = store.session.reverse.recipe
    lanes = tuple(msgspec.structs.replace(lane, sampler=Sampler()) for lane in recipe.lanes)
    store.update_reverse(recipe=msgspec.structs.replace(recipe, lanes=lanes, seed=20_000))


def alone_in_a_window(seconds: float) -> StallMeter:
    """What the machine itself makes a window wait that has nothing to do."""
    label = QLabel("window")
    label.resize(1440, 900)
    label.show()
    meter = spend(seconds)
    label.close()
    return meter


def until(holds: Callable[[], bool]) -> None:
    """Let the app live until something holds."""
    while not holds():
        spend(0.05)


def dragged(plane: QWidget) -> Callable[[], None]:
    """Moves of the mouse in a plane, with the left button down, along a circle."""
    places = itertools.cycle(range(120))

    def move() -> None:
        from math import cos, pi, sin

        angle = next(places) * pi / 60
        at = QPointF(plane.width() / 2 + 150 * cos(angle), plane.height() / 2 + 150 * sin(angle))
        button = Qt.MouseButton.LeftButton
        QApplication.sendEvent(
            plane, QMouseEvent(QEvent.Type.MouseMove, at, plane.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier)
        )

    return move


def pressed(plane: QWidget, kind: QEvent.Type) -> None:
    """A button of the mouse in the middle of a plane."""
    at, button = QPointF(plane.width() / 2, plane.height() / 2), Qt.MouseButton.LeftButton
    QApplication.sendEvent(plane, QMouseEvent(kind, at, plane.mapToGlobal(at), button, button, Qt.KeyboardModifier.NoModifier))


def line(phase: str, meter: StallMeter) -> str:
    """What is told of a phase."""
    return f"{phase:14} " + "   ".join(f"{name} {value:6.1f} ms" for name, value in as_json(meter.waits).items())


def main() -> None:
    """Phase after phase."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    seconds = parser.parse_args().seconds
    os.environ["GENERATIVE_EXPLORER_HOME"] = tempfile.mkdtemp()
    lines: list[str] = []
    app = make_application()
    before = bare(seconds / 2)
    lines.append(line("a bare window", alone_in_a_window(seconds / 2)))
    explorer = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=True), None, link=ProcessLink(), chooses=True)
    explorer.window.resize(1440, 900)
    explorer.show()
    starting = StallMeter(every_ms=2)
    starting.start()
    until(lambda: explorer.has_begun and explorer.window.current.has_picture)
    starting.stop()
    lines.append(line("start-up", starting))
    run, store = explorer.window.current.controller.run, explorer.store  # type: ignore[attr-defined]
    sample_anew(store)
    until(lambda: run.sampling and any(done > 20 for done in run.done.values()))
    steps = sum(run.done.values())
    began, sampling = perf_counter(), spend(seconds)
    speed = (sum(run.done.values()) - steps) * store.session.reverse.recipe.samples / (perf_counter() - began)
    lines.append(line("sampling", sampling))
    reached = 1000 - sum(run.done.values())
    ts = itertools.cycle([*range(1000, reached, -1), *range(reached, 1000)])
    lines.append(line("scrubbing", spend(seconds, lambda: store.update_reverse(t=next(ts)))))
    ahead, is_done = BuildAhead(explorer.window.workspaces, store, explorer), []
    ahead.done.connect(lambda: is_done.append(True))
    explorer.window.current.cancel()
    ahead.begin()
    until(lambda: bool(is_done))
    names = itertools.cycle(WORKSPACES)
    lines.append(line("switching", spend(seconds, lambda: explorer.window.choose(next(names)), 250)))
    explorer.window.choose("latent")
    until(lambda: explorer.window.current.idle)
    plane = explorer.window.current.plane  # type: ignore[attr-defined]
    target = plane if plane.hasMouseTracking() else plane.viewport() if hasattr(plane, "viewport") else plane
    pressed(target, QEvent.Type.MouseButtonPress)
    lines.append(line("dragging", spend(seconds, dragged(target))))
    pressed(target, QEvent.Type.MouseButtonRelease)
    explorer.end()
    alone = mean((before, bare(seconds / 2)))
    lines.append(f"chain in the window {speed:.0f} img·step/s   bare engine {alone:.0f} img·step/s   costs {alone / speed:.2f}x")
    del app
    from common import machine  # with torch, which the window's process has no need of

    print("\n".join((machine(), *lines)))


if __name__ == "__main__":
    main()

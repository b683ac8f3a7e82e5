"""Memory of the app at rest, once all workspaces were looked at: the window's process, the engine's, both.

Usage: python benchmarks/idle_memory.py [--seconds 10]

The real app off screen at 1440 x 900 on a fresh home. Each workspace is shown until it has nothing to wait for; so many seconds later the
memory is read that each process would give back if it ended (USS: what it shares with others does not count). The peer is a process that
has imported PyTorch and PySide6's widgets, and does nothing.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import subprocess
import sys
import tempfile

import psutil
from stalls import spend, until

from explorer.app import Explorer, make_application
from explorer.engine.process.link import ProcessLink
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import WORKSPACES, Session

IMPORTED = "import torch, PySide6.QtWidgets, sys; print(flush=True); sys.stdin.read()"


def uss(process: psutil.Process) -> float:
    """MB that are its own."""
    return float(process.memory_full_info().uss / 1e6)


def imported() -> float:
    """MB of the peer."""
    words = [sys.executable, "-c", IMPORTED]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as peer:
        assert peer.stdout is not None
        peer.stdout.readline()
        found = uss(psutil.Process(peer.pid))
        peer.kill()
    return found


def main() -> None:
    """One line for each process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    os.environ["GENERATIVE_EXPLORER_HOME"] = tempfile.mkdtemp()
    app = make_application()
    link = ProcessLink()
    explorer = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=True), None, link=link, chooses=True)
    explorer.window.resize(1440, 900)
    explorer.show()
    until(lambda: explorer.has_begun and explorer.window.current.has_picture)
    for name in WORKSPACES:
        explorer.window.choose(name)
        spend(1)
        until(lambda: not explorer.client.busy)
    spend(seconds)
    own, engine = uss(psutil.Process()), uss(psutil.Process(link.pid))
    explorer.end()
    del app
    from common import machine

    print(machine())
    print(f"window {own:.0f} MB, engine {engine:.0f} MB, both {own + engine:.0f} MB")
    print(f"PyTorch and Qt's widgets imported alone {imported():.0f} MB")


if __name__ == "__main__":
    main()

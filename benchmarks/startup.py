"""From launch to something: the window, its first picture, the command line's answers, a run's first updates.

Usage: python benchmarks/startup.py [--rounds 4] [--seconds 5]

Each as a process of its own, Python's own start included, its bytecode compiled before. Peers, in the same turns: a
window of PySide6 with one label, drawn and closed, for the window; `python -c pass` for `--help`; `python -c "import
torch"` for what computes (`info`, `train` until its first line of progress, and the window's first picture). The
session is a fresh one each time.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from common import machine

BARE_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("window"))
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""
OURS = [sys.executable, "-m", "explorer"]
TRAIN = ["train", "ddpm", "--option", "C", "--epochs", "1", "--images", "256", "--batch", "16", "--width", "8", "--json"]


def environment(folder: Path) -> dict[str, str]:
    """A fresh home, no screen, and bytecode that is kept: as an installed app has it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    home = tempfile.mkdtemp(dir=folder)
    return kept | {"GENERATIVE_EXPLORER_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def ended(command: list[str], folder: Path) -> float:
    """Seconds until it ends."""
    began = time.perf_counter()
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)
    return time.perf_counter() - began


def first_progress(folder: Path) -> float:
    """Seconds until a run of training prints its first line."""
    began = time.perf_counter()
    command = [*OURS, *TRAIN, "--out", tempfile.mkdtemp(dir=folder) + "/run"]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdout is not None
        run.stdout.readline()
        taken = time.perf_counter() - began
        run.kill()
    return taken


def window(folder: Path, seconds: float) -> tuple[float, float]:
    """Seconds until the window is drawn, and until it shows its first picture, by its own profile; not a number if it never did."""
    out = Path(tempfile.mkdtemp(dir=folder)) / "profile.json"
    with subprocess.Popen([*OURS, "--profile-window", str(out)], env=environment(folder), stderr=subprocess.DEVNULL) as shown:
        time.sleep(seconds)
        shown.send_signal(signal.SIGTERM)
    if not out.exists():  # it was not up by then
        return float("nan"), float("nan")
    found = json.loads(out.read_text())
    return tuple(found[name] or float("nan") for name in ("launch_to_window_seconds", "launch_to_first_picture_seconds"))  # type: ignore[return-value]


def main() -> None:
    """In turns, the first of them to warm up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5, help="How long a window stays open.")
    asked = parser.parse_args()
    times: dict[str, list[float]] = {}
    python = [sys.executable, "-c"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        single: dict[str, Callable[[], float]] = {
            "python -c pass": lambda: ended([*python, "pass"], folder),
            "a bare window": lambda: ended([*python, BARE_WINDOW], folder),
            "import torch": lambda: ended([*python, "import torch"], folder),
            "--help": lambda: ended([*OURS, "--help"], folder),
            "info": lambda: ended([*OURS, "info", "mnist-ddpm-c"], folder),
            "train": lambda: first_progress(folder),
        }
        for turn in range(asked.rounds + 1):
            taken = {what: measure() for what, measure in single.items()}
            taken["window"], taken["first picture"] = window(folder, asked.seconds)
            if turn:
                for what, seconds in taken.items():
                    times.setdefault(what, []).append(seconds)
    print(machine())
    peers = {"window": "a bare window", "--help": "python -c pass", **dict.fromkeys(("first picture", "info", "train"), "import torch")}
    for what, peer in peers.items():
        ours, theirs = median(times[what]), median(times[peer])
        print(f"{what:14} {ours:6.2f} s   {peer:14} {theirs:6.2f} s   ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()

"""Kill an engine elsewhere at random moments, with nothing said before (SIGKILL), and tell whether all that was asked was answered.

    python tools/kill_far.py --kills 50 --seed 1
    python tools/kill_far.py --kills 50 --rate 125000 --delay 0.05

The engine is a process with a home of its own on this machine, reached as one on another is, and over a slow way if a rate is given. Each
time a chain is sampled, a checkpoint opened that it has to be sent first, and a picture exported; then it is killed, and the connection
has to be made again, with every answer there in the end and the picture whole. Exit status 1 if one is not. Needs a POSIX system.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sized
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject

from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook
from explorer.engine.chain.messages import ChainFinished, SampleChain
from explorer.engine.models.messages import CheckpointOpened, OpenCheckpoint
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.link import FarLink
from explorer.engine.process.spawning import command
from explorer.engine.thread.client import Client
from explorer.engine.thread.messages import EngineDown, Failed, StartEngine
from explorer.engine.thread.requests import Outcome
from explorer.paths import HOME_VARIABLE
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.resources import resource
from explorer.sources.hashing import file_hash

ROOT = Path(__file__).resolve().parent.parent
SLOW_WAY = ROOT / "tools" / "slow_way.py"
PATIENCE_SECONDS = 300.0
LATEST_SECONDS = 6.0
"""A kill comes within so much of what is asked."""


class Asker(QObject):
    """Asks, and takes what comes."""

    def __init__(self, link: FarLink) -> None:
        super().__init__()
        self.link, self.client = link, Client(link)
        self.told: list[EngineDown] = []
        self.answers: list[Outcome] = []
        self.failed: list[Failed] = []
        self.client.failed.connect(self.failed.append)
        link.lost.connect(self.lost)

    def lost(self, down: EngineDown) -> None:
        """As the app: another has to take its device first."""
        self.told.append(down)
        if down.goes_on:
            self.client.send(StartEngine(device="cpu"), "engine")

    def ask(self, model: Path, out: Path) -> None:
        """Sample, open and export at the same time."""
        self.answers.clear()
        digest = file_hash(model)

        def chain(steps: int) -> ChainRecipe:
            return ChainRecipe((Lane(digest, str(model), "C", Sampler(steps)),), 0, 2)

        self.client.send(SampleChain(chain(40)), "chain", self.answers.append)
        self.client.send(OpenCheckpoint(str(model)), "open", self.answers.append)
        self.client.send(ExportChain(chain(4), str(out), ExportLook()), "export", self.answers.append)

    def is_answered(self) -> bool:
        """Whether all three were."""
        return all(any(isinstance(each, kind) for each in self.answers) for kind in (ChainFinished, CheckpointOpened, Exported))


def wait(until: Callable[[], bool], seconds: float) -> bool:
    """Let events happen until something holds; False if it does not within that time."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.002)
    return True


def engine_of(link: FarLink) -> int:
    """Number of the engine's process, behind whatever leads to it; 0 where there is none."""
    try:
        first = psutil.Process(link.pid)
        found = [each for each in (first, *first.children(recursive=True)) if "engine" in each.cmdline() and each.name() != "env"]
        return found[-1].pid if found else 0
    except psutil.Error:
        return 0


def main() -> int:
    """Kill, tell, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--rate", type=float, default=0.0, help="bytes a second; 0 is a way as quick as this machine")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds one way, with --rate")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="killed-far-"))
    try:
        return kill_again_and_again(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _has_more(told: Sized, than: int) -> bool:
    return len(told) > than


def kill_again_and_again(options: argparse.Namespace, folder: Path) -> int:
    """The kills; the exit status."""
    os.environ[HOME_VARIABLE] = str(folder / "here")
    application = QCoreApplication(sys.argv[:1])
    words = ("env", f"{HOME_VARIABLE}={folder / 'far'}", *command())
    if options.rate:
        words = (sys.executable, str(SLOW_WAY), "--rate", str(options.rate), "--delay", str(options.delay), "--notes", str(folder), *words)
    asker, draw = Asker(FarLink(Address("box", words))), random.Random(options.seed)
    asker.link.start()
    asker.client.send(StartEngine(device="cpu"), "engine", asker.answers.append)
    if not wait(lambda: bool(asker.answers), PATIENCE_SECONDS):  # a first connection that fails is the person's to make again
        print("the engine did not start")
        return 1
    went_on, bad = 0, list[str]()
    for number in range(options.kills):
        model, out = folder / f"{number}.safetensors", folder / f"{number}.png"
        shutil.copy(resource("checkpoints", "mnist-ddpm-c.safetensors"), model)
        with open(model, "r+b") as file:  # another file each time, so that it has to be sent: a space of its header
            _respell(file.fileno(), number)
        asker.ask(model, out)
        delay, told = draw.uniform(0.0, LATEST_SECONDS), len(asker.told)
        wait(lambda: False, delay)
        pid = engine_of(asker.link)
        if pid:
            os.kill(pid, signal.SIGKILL)
        broke = wait(partial(_has_more, asker.told, told), PATIENCE_SECONDS)
        if broke and wait(lambda: asker.is_answered() and not asker.client.busy, PATIENCE_SECONDS) and _is_whole(out):
            went_on += 1
        else:
            bad.append(f"kill {number + 1} after {delay:.1f} s: {[type(each).__name__ for each in asker.answers]}")
        print(f"kill {number + 1} after {delay:.1f} s: {went_on} went on", file=sys.stderr)
    bad += [failed.message for failed in asker.failed]
    left = [str(path) for path in folder.glob("*.partial")]
    asker.link.shutdown()
    del application
    print(f"{options.kills} kills, {went_on} went on, {len(left)} half-written files here, {len(asker.failed)} failures")
    for line in bad + left:
        print(line)
    return int(went_on < options.kills or bool(bad) or bool(left))


def _respell(number: int, with_number: int) -> None:
    """Change a checkpoint's bytes and nothing that it says: blanks at the end of its header."""
    length = int.from_bytes(os.pread(number, 8, 0), "little")
    header = os.pread(number, length, 8)
    tail = os.pread(number, os.fstat(number).st_size - 8 - length, 8 + length)
    padded = header + b" " * (8 * (with_number + 1))
    os.pwrite(number, len(padded).to_bytes(8, "little") + padded + tail, 0)


def _is_whole(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

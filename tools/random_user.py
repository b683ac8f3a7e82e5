"""A person who does anything at all, in the real window: clicks, keys, files, workspaces, undo, cancel, close and open again.

    python tools/random_user.py --seconds 60 --seed 1
    python tools/random_user.py --replay random-user-1.jsonl

Every act is drawn by the seed and its number from what can be seen and touched at that moment, and written to a log before it is done; a
log can be done again. Exceptions, warnings of Qt, faults in the app's log, stalls over a second, and top-level widgets, threads,
descriptors and memory that pile up are written there, too, and told at the end: exit status 1 if there was any. Everything lies in a
folder of its own, which goes. Off screen, 1920 x 1080, unless QT_QPA_PLATFORM says another platform, such as xcb.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.fonts.warning=false")

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from at_random import files
from at_random.acts import Act
from at_random.chance import Chance
from at_random.eyes import Eyes, own_children
from at_random.hands import main_window, perform, windows
from at_random.record import Record, about, acts_of
from explorer.app import make_application, run

AGAIN_MS = 20
"""Until it is looked again whether there is a window, and whether what the last act did is over."""
SETTLED_ACTS, LOOK_ACTS = 150, 100
"""Acts after which a window counts as warm, and between two looks at what piles up."""
SCREEN = {"name": "screen", "x": 0, "y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
PROTOCOLS = ("http", "https", "file")


class Person(QObject):
    """Acts, one thing after another, while the app's loop runs; also within the loops of its dialogs.

    Parameters
    ----------
    acts : iterator of (int, Act or None)
        None where there is nothing to act upon yet.
    seconds : float
        How long it stays, from when there is a window.
    """

    def __init__(self, acts: Iterator[tuple[int, Act | None]], record: Record, eyes: Eyes, seconds: float) -> None:
        super().__init__()
        self._acts, self._record, self._eyes, self._seconds = acts, record, eyes, seconds
        self._ends = 0.0
        self._acting: list[list[QWidget]] = []
        self._here = 0
        self._over = False

    @property
    def goes_on(self) -> bool:
        """Whether the window is to be opened again."""
        return not self._over

    def sit_down(self) -> None:
        """Begin as soon as the app's loop runs."""
        self._here = 0
        self._acting.clear()
        self._later(0)

    def _later(self, milliseconds: int) -> None:
        # never a repeating timer: one that is at work does not fire in a dialog that it has opened
        QTimer.singleShot(milliseconds, self, self._tick)

    @Slot()
    def _tick(self) -> None:
        if main_window() is None:
            if self._here == 0:
                self._later(AGAIN_MS)
            return  # it was closed: the next begins with `sit_down`
        if self._acting and not self._in_the_way():
            self._later(AGAIN_MS)
            return
        if self._here == 0:
            self._eyes.open()
            self._ends = self._ends or time.monotonic() + self._seconds
        if time.monotonic() > self._ends:
            self._leave()
            return
        self._step()

    def _step(self) -> None:
        try:
            number, act = next(self._acts)
        except StopIteration:
            self._leave()
            return
        if act is None:
            self._later(AGAIN_MS)
            return
        self._here += 1
        self._later(act.pause)
        self._record.act(number, act)
        self._acting.append(list(windows().values()))
        try:
            perform(act)
        finally:
            if self._acting:
                self._acting.pop()
        if self._here == SETTLED_ACTS:
            self._eyes.settle()
        elif self._here > SETTLED_ACTS and self._here % LOOK_ACTS == 0:
            self._eyes.look()

    def _in_the_way(self) -> bool:
        """Whether the act that is not over yet waits for a dialog or a menu that it has opened."""
        return any(window not in self._acting[-1] for window in windows().values())

    def _leave(self) -> None:
        """Everything that is in front is put away, and the window closed, whatever it asks."""
        self._over = True
        for name, window in windows().items():
            if name != "main":
                window.close()
        perform(Act("close", words="unasked"))


def drawn(chance: Chance) -> Iterator[tuple[int, Act | None]]:
    """Acts by their numbers, for ever."""
    number = 0
    while True:
        act = chance.next(number)
        yield number, act
        number += act is not None


class Elsewhere(QObject):
    """Takes what would be opened in another program."""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Nothing is opened."""


def main() -> int:
    """Do it, tell what was found, and return the exit status."""
    options = _options()
    home = options.folder.resolve() if options.folder is not None else Path(tempfile.mkdtemp(prefix="random-user-"))
    os.environ.update(GENERATIVE_EXPLORER_HOME=str(home / "home"), XDG_DATA_HOME=str(home / "data"), HOME=str(home))
    seed = options.seed if options.replay is None else about(options.replay)["seed"]
    log = (options.log or Path(f"random-user-{seed}.jsonl")).resolve()
    source = options.replay.resolve() if options.replay is not None else None
    shutil.rmtree(home / "files", ignore_errors=True)
    made, out = files.make(home / "files"), home / "out"
    out.mkdir(exist_ok=True)
    os.chdir(home)
    faulthandler.enable()
    if os.environ["QT_QPA_PLATFORM"] == "offscreen":
        (home / "screen.json").write_text(json.dumps({"screens": [SCREEN]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={home / 'screen.json'}"
    record = Record(log, seed=seed, home=str(home), platform=os.environ["QT_QPA_PLATFORM"], began=time.time())
    acts = drawn(Chance(seed, made, out)) if source is None else _again(source, home)
    make_application()
    elsewhere = Elsewhere()
    for protocol in PROTOCOLS:
        QDesktopServices.setUrlHandler(protocol, elsewhere, "take")  # type: ignore[arg-type]  # PySide6's stubs say bytes, which it refuses
    eyes = Eyes(record, options.stall, sessions=options.folder is not None)
    person = Person(acts, record, eyes, options.seconds + 60 * options.minutes)
    try:
        while person.goes_on:
            person.sit_down()
            run(())
            gc.collect()
            eyes.shut()
    finally:
        for process in own_children():
            process.kill()
        if options.folder is None:
            shutil.rmtree(home, ignore_errors=True)
    record.close()
    print(f"seed {seed}: {record.number + 1} acts, {record.summary()}; {log}")
    for kind, what in record.found[: options.tell]:
        print(f"--- {kind}\n{what}")
    return 1 if record.found else 0


def _again(log: Path, home: Path) -> Iterator[tuple[int, Act | None]]:
    """The acts of a log, its folder's files those of this one; None while there is no window for the next."""
    import msgspec

    before = about(log)["home"]
    for number, act in acts_of(log):
        while not windows():
            yield number, None
        yield number, msgspec.structs.replace(act, paths=tuple(path.replace(before, str(home)) for path in act.paths))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Do anything at all in the real window, and tell what should not have been.")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long")
    parser.add_argument("--minutes", type=float, default=0.0, help="the same; a minute if neither is given")
    parser.add_argument("--seed", type=int, default=1, help="of what is done")
    parser.add_argument("--log", type=Path, help="where it is written what was done and found (random-user-SEED.jsonl)")
    parser.add_argument("--replay", type=Path, metavar="LOG", help="do again what a log has")
    parser.add_argument("--folder", type=Path, help="where everything lies, and stays; every session is noted in the log then, by its hash")
    parser.add_argument("--stall", type=float, default=1.0, metavar="SECONDS", help="from which on a wait is told")
    parser.add_argument("--tell", type=int, default=20, help="how many findings are printed")
    options = parser.parse_args()
    if not options.seconds and not options.minutes:
        options.minutes = 1.0 if options.replay is None else 24 * 60.0
    return options


if __name__ == "__main__":
    status = main()
    QApplication.processEvents()
    sys.exit(status)

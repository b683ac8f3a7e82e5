"""What is watched while a hand does anything: exceptions, Qt's warnings, failures of the engine, stalls, and what piles up."""

from __future__ import annotations

import faulthandler
import hashlib
import logging
import os
import re
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec
import psutil
from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from at_random.hands import main_window
from at_random.record import Record
from explorer.state.session import Session

BEAT_MS, LOOK_SECONDS = 20, 0.05
HARMLESS = re.compile("This plugin does not support (propagateSizeHints|raise|grabbing)")
"""Of the platform that draws nothing; the tests pass over the same."""
MORE = {"top-level widgets": 60, "threads": 6, "descriptors": 30}
"""By how much of each a window may have more than it had when all of it was built."""
DEEP = 12
"""Lines of where a window stood."""
GROWTH_BYTES = 300 * 2**20
"""By how much a window may grow after warming up."""


class Eyes(QObject):
    """Sees what goes wrong from now on, and writes it to a record.

    Parameters
    ----------
    record : Record
    stall : float
        Seconds for which a window may keep its person waiting.
    sessions : bool
        Every session that there is, too, by its hash.
    """

    def __init__(self, record: Record, stall: float, sessions: bool = False) -> None:
        super().__init__()
        self._record, self._sessions = record, sessions
        self._base: dict[str, int] = {}
        self._memory = 0
        self._watched = Watchdog(record, stall)
        qInstallMessageHandler(self._qt_said)
        sys.unraisablehook = lambda said: self._raised("unraisable", said.exc_value)
        threading.excepthook = lambda said: self._raised(f"thread {said.thread.name if said.thread else ''}", said.exc_value)
        logging.getLogger("explorer.report").addHandler(_Faults(lambda text: record.find("fault", text)))

    def open(self) -> None:
        """A window is up: hear what it reports."""
        before = sys.excepthook

        def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._raised("exception", error)
            if before is not sys.__excepthook__:
                before(kind, error, trace)

        sys.excepthook = report
        self._base = {}
        window = main_window()
        if window is not None and self._sessions:
            store = window._context.store
            store.changed.connect(lambda old, new: self._note_session(new))
            self._note_session(store.session)
        self._watched.begin()

    def shut(self) -> None:
        """The window is gone: nothing of it should be left."""
        self._watched.end()
        sys.excepthook = sys.__excepthook__
        left = Counter(type(widget).__name__ for widget in QApplication.topLevelWidgets())
        if left:
            self._record.find("left by a closed window", ", ".join(f"{n} {name}" for name, n in left.items()))
        alive = [thread.name for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()]
        if alive:
            self._record.find("left by a closed window", f"threads {', '.join(alive)}")
        self._record.note("closed", **self.census())

    def settle(self) -> None:
        """All of the window is built and used a little: what it has now is what it may have."""
        self._base = self.census()
        self._memory = max(self._memory, self._base["rss"]) if self._memory else self._base["rss"]
        self._record.note("settled", **self._base, classes=classes())

    def look(self) -> None:
        """Whether anything piles up."""
        now = self.census()
        self._record.note("census", **now, classes=classes())
        for name, more in MORE.items():
            if self._base and now[name] > self._base[name] + more:
                self._record.find("piling up", f"{now[name]} {name}, {self._base[name]} when the window was built: {classes()}")
        if self._memory and now["rss"] > self._memory + GROWTH_BYTES:
            self._record.find("piling up", f"{now['rss'] / 2**20:.0f} MB, {self._memory / 2**20:.0f} when warm")

    def census(self) -> dict[str, int]:
        """What there is of everything now."""
        own = psutil.Process()
        return {
            "top-level widgets": len(QApplication.topLevelWidgets()),
            "widgets": len(QApplication.allWidgets()),
            "threads": own.num_threads(),
            "descriptors": own.num_fds() if hasattr(own, "num_fds") else 0,
            "rss": own.memory_info().rss,
        }

    def _note_session(self, session: Session) -> None:
        self._record.note("session", sha256=hashlib.sha256(msgspec.json.encode(session)).hexdigest()[:16])

    def _raised(self, where: str, error: BaseException | None) -> None:
        self._record.find("exception", f"{where}: {''.join(traceback.format_exception(error))}" if error else where)

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or HARMLESS.search(text):
            return
        self._record.find("Qt warning", text)


class Watchdog(QObject):
    """Beats in the window's loop; a thread beside it sees when it does not, and where it stands then."""

    def __init__(self, record: Record, stall: float) -> None:
        super().__init__()
        self._record, self._stall = record, stall
        self._beat = QTimer(self, interval=BEAT_MS)
        self._beat.timeout.connect(self._alive)
        self._last = time.monotonic()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._main = threading.main_thread()

    def begin(self) -> None:
        """Watch."""
        self._alive()
        self._beat.start()
        self._over.clear()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Watch no longer."""
        self._beat.stop()
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _alive(self) -> None:
        self._last = time.monotonic()

    def _watch(self) -> None:
        stack, starved, last = "", 0.0, self._last
        while not self._over.wait(LOOK_SECONDS):
            if self._last == last:
                if not stack and time.monotonic() - last > self._stall:
                    stack = self._stack()
                continue
            if stack:
                self._stalled(self._last - last, self._starved() - starved, stack)
            stack, starved, last = "", self._starved(), self._last

    def _stalled(self, seconds: float, starved: float, stack: str) -> None:
        """A window that computes, or waits for a thing, holds its person up; one that other programs keep off the processors does not."""
        if seconds - starved > self._stall:
            self._record.find("stall", f"{seconds:.2f} s, {starved:.2f} s of which it waited for a processor\n{stack}")
        else:
            self._record.note("starved", seconds=round(seconds, 2), starved=round(starved, 2), stack=stack)

    def _starved(self) -> float:
        """Seconds that the main thread could have run and was not let; 0 where the system does not count them."""
        try:
            return int(Path(f"/proc/self/task/{self._main.native_id}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def _stack(self) -> str:
        """Where the window's thread stands, the innermost first.

        Not by sys._current_frames: what is in a frame that this thread holds goes here when it is let go, and a painter that goes
        while another paints ends the process.
        """
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            threads = file.read().decode(errors="replace").split("\n\n")
        own = f"{self._main.ident:x} "
        found = next((thread for thread in threads if own in thread.partition("\n")[0]), "")
        return "\n".join(found.splitlines()[1:][:DEEP])


class _Faults(logging.Handler):
    """Hears what the app's own log has of what should not have happened."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(record.getMessage())


def classes() -> dict[str, int]:
    """Top-level widgets by class, the most first."""
    return dict(Counter(type(widget).__name__ for widget in QApplication.topLevelWidgets()).most_common())


def own_children() -> list[psutil.Process]:
    """Processes of this window's, the runs of training that it let go on included: those with its home."""
    home, found = os.environ["GENERATIVE_EXPLORER_HOME"], []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("GENERATIVE_EXPLORER_HOME") == home:
                found.append(process)
        except psutil.Error:
            continue
    return found

"""What reaches the app from outside its window: signals of the system, files to open, and exceptions that nobody caught."""

from __future__ import annotations

import signal
import socket
import sys
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from explorer import log

if TYPE_CHECKING:
    from explorer.views.window.banner import Banner

SIGNALS = tuple(found for name in ("SIGINT", "SIGTERM", "SIGHUP") if (found := getattr(signal, name, None)) is not None)
"""Windows has no SIGHUP, which a terminal that is closed sends."""


class SignalWatch(QObject):
    """Calls `wish` on Ctrl+C or a request to end: Python runs no handler of its own while Qt waits for events."""

    def __init__(self, wish: Callable[[], object]) -> None:
        super().__init__()
        self._wish = wish
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._before = {number: signal.signal(number, _take_note) for number in SIGNALS}
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._came)

    def stop(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, before in self._before.items():
            signal.signal(number, before)
        self._reader.close()
        self._writer.close()

    def _came(self) -> None:
        numbers = self._reader.recv(64)
        if any(number in numbers for number in SIGNALS):
            self._wish()


class Application(QApplication):
    """Tells of files that the system wants opened in the app that runs: macOS sends an event, where others give arguments.

    Signals
    -------
    file_asked_for(path : str)
    """

    file_asked_for = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Those for the application itself alone: a filter would have every event of the window pass through Python."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_asked_for.emit(event.file())
            return True
        return super().event(event)


def _take_note(number: int, frame: FrameType | None) -> None:
    """The wake-up descriptor has told of it."""


def report_exceptions_to(banner: Banner) -> None:
    """Have exceptions in the window's own code told of in the window, kept in the log, and printed as ever."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        detail = "".join(traceback.format_exception(kind, error, trace))
        log.note(f"in the window: {detail}", fault=True)
        hint = "The rest goes on. If it happens again, copy the details into a report."
        banner.say(f"something went wrong in the window: {error or kind.__name__}", hint, detail)
        traceback.clear_frames(trace)  # Python keeps the last one: a painter in it would go on, and end the process when it goes

    sys.excepthook = report

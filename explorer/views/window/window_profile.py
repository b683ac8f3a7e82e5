"""`--profile-window`: what the window took to appear, how long it made its person wait, and what it cost, as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from explorer.exports.atomic import whole
from explorer.views.window.stalls import StallMeter, as_json

BEAT_MS = 2
LOOK_MS = 5


class WindowProfile(QObject):
    """Watches a window from before it is shown.

    Parameters
    ----------
    window : QWidget
    has_picture : callable
        Whether there is something to look at that was computed.
    """

    def __init__(self, window: QWidget, has_picture: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._has_picture = window, has_picture
        self.meter = StallMeter(self, BEAT_MS, by_second=True)
        self._launched = _launched()
        self._shown: float | None = None
        self._pictured: float | None = None
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._looked)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is shown once its first painting is over."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        self._shown = time.time() - self._launched
        self.meter.start()
        self._look.start()

    def _looked(self) -> None:
        if self._has_picture():
            self._pictured = time.time() - self._launched
            self._look.stop()

    def measured(self) -> dict[str, Any]:
        """What is known by now; seconds and bytes, milliseconds where it is said, null for what has not happened."""
        return {
            "launch_to_window_seconds": _rounded(self._shown),
            "launch_to_first_picture_seconds": _rounded(self._pictured),
            "stalls_ms": as_json(self.meter.waits),
            "stalls_ms_by_second": [as_json(second) for second in self.meter.seconds],
            "main_thread_cpu_seconds": _rounded(time.thread_time()),
            "peak_memory_bytes": _peak_memory(),
        }

    def write(self, path: Path) -> None:
        """Write it (BadInput if it cannot be)."""
        with whole(path) as partial:
            partial.write_text(json.dumps(self.measured(), indent=1) + "\n", encoding="utf-8")


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _launched() -> float:
    """When this process began, seconds of the epoch."""
    import psutil

    return float(psutil.Process().create_time())


def _peak_memory() -> int:
    """Of this process, resident."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024

"""Garbage is collected by the main thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

COLLECT_MILLISECONDS = 250
FULL_PATIENCE = 4
"""How much longer than usual a collection of everything is put off: it stops the window for a tenth of a second."""


class Collector(QObject):
    """Has the main thread alone collect garbage while there are threads of an engine, or of a link to one.

    Python collects on whichever thread happens to allocate. On another thread that would destroy widgets which went out of
    use, while the main thread may be about to send them an event: the process ends in a segmentation fault.
    """

    _running = 0
    _was_enabled = True

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=COLLECT_MILLISECONDS)
        self._timer.timeout.connect(self._collect)

    def begin(self) -> None:
        """There are such threads now."""
        if self._timer.isActive():
            return
        if Collector._running == 0:
            Collector._was_enabled = gc.isenabled()
            gc.disable()
        Collector._running += 1
        self._timer.start()

    def end(self) -> None:
        """They are over."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        Collector._running -= 1
        if Collector._running == 0 and Collector._was_enabled:
            gc.enable()

    def _collect(self) -> None:
        """The oldest generation that Python itself would collect by now."""
        limits = gc.get_threshold()
        for generation, patience in ((2, FULL_PATIENCE), (1, 1), (0, 1)):
            if limits[generation] and gc.get_count()[generation] > patience * limits[generation]:
                gc.collect(generation)
                return

"""The engine thread: the only thread code of the app."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from explorer.engine.thread.collector import Collector
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import EngineDown
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Request, Result

STACK_BYTES = 16 * 2**20  # macOS gives secondary threads 512 KB
SHUTDOWN_MILLISECONDS = 70_000
"""Importing torch cannot be cancelled; on a slow disk closing waits this long for it."""


class _EngineThread(QThread):
    def __init__(self, mailbox: Mailbox, outbox: Outbox, lost: Callable[[EngineDown], None]) -> None:
        super().__init__()
        self.setObjectName("engine")
        self.setStackSize(STACK_BYTES)
        self._mailbox, self._outbox, self._lost = mailbox, outbox, lost

    def run(self) -> None:
        from explorer.engine.thread.working import down_of, refuse, work

        try:
            from explorer.engine.engine import Engine
        except BaseException as error:
            down = down_of(error, has_started=False)
            self._lost(down)
            refuse(down, self._mailbox, self._outbox.put)
            return
        work(Engine(), self._mailbox, self._outbox.put, self._lost)


class Worker(QObject):
    """Owns the engine thread; lives on the main thread.

    Signals
    -------
    woken()
        There are results to take. Connect bound methods of QObjects of the main thread.
    lost(object)
        The engine cannot start, or has stopped for good: an EngineDown.
    """

    woken = Signal()
    lost = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._outbox = Outbox(self.woken.emit)
        self._thread = _EngineThread(self._mailbox, self._outbox, self.lost.emit)
        self._collector = Collector(self)

    @property
    def running(self) -> bool:
        """Whether the engine thread runs."""
        return self._thread.isRunning()

    def start(self) -> None:
        """Start the thread."""
        self._collector.begin()
        self._thread.start()

    def post(self, request: Request) -> None:
        """Hand a request to the engine."""
        self._mailbox.post(request)

    def cancel(self, channel: str, generation: int) -> None:
        """Stop the channel's requests older than `generation` at their next cancel point."""
        self._mailbox.cancel(channel, generation)

    def hide(self, owners: frozenset[str]) -> None:
        """Have the work of these owners of channels yield."""
        self._mailbox.hide(owners)

    def take_results(self) -> list[Result]:
        """Results that have come, oldest first."""
        return self._outbox.take()

    def shutdown(self, timeout_ms: int = SHUTDOWN_MILLISECONDS) -> bool:
        """Cancel all, end the thread and wait for it; False if it did not end in time."""
        self._mailbox.close()
        is_over = self._thread.wait(timeout_ms)
        if is_over:
            self._collector.end()
        return is_over

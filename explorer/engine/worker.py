"""The engine thread: the only thread code of the app."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from explorer.engine.mailbox import Mailbox
from explorer.engine.messages import Request, Result
from explorer.engine.outbox import Outbox

STACK_BYTES = 16 * 2**20  # macOS gives secondary threads 512 KB
SHUTDOWN_MILLISECONDS = 10_000


class _EngineThread(QThread):
    def __init__(self, mailbox: Mailbox, outbox: Outbox) -> None:
        super().__init__()
        self.setObjectName("engine")
        self.setStackSize(STACK_BYTES)
        self._mailbox, self._outbox = mailbox, outbox

    def run(self) -> None:
        from explorer.engine.loop import Loop, failure
        from explorer.engine.messages import Failed

        try:
            # torch is imported here, behind the open window
            from explorer.engine.engine import Engine

            Loop(self._mailbox, Engine(), self._outbox.put).run()
        except BaseException as error:
            failed = failure(error)
            message = f"the engine cannot start: {failed.message}"
            while self._mailbox.wait():
                for background in (False, True):
                    while (request := self._mailbox.take(background)) is not None:
                        outcome = Failed(message, failed.detail)
                        self._outbox.put(Result(request.request_id, request.channel, request.generation, outcome))


class Worker(QObject):
    """Owns the engine thread; lives on the main thread.

    Signals
    -------
    woken()
        There are results to take. Connect bound methods of QObjects of the main thread.
    """

    woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._outbox = Outbox(self.woken.emit)
        self._thread = _EngineThread(self._mailbox, self._outbox)

    @property
    def running(self) -> bool:
        """Whether the engine thread runs."""
        return self._thread.isRunning()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def post(self, request: Request) -> None:
        """Hand a request to the engine."""
        self._mailbox.post(request)

    def cancel(self, channel: str, generation: int) -> None:
        """Stop the channel's requests older than `generation` at their next cancel point."""
        self._mailbox.cancel(channel, generation)

    def take_results(self) -> list[Result]:
        """Results that have come, oldest first."""
        return self._outbox.take()

    def shutdown(self, timeout_ms: int = SHUTDOWN_MILLISECONDS) -> bool:
        """Cancel all, end the thread and wait for it; False if it did not end in time."""
        self._mailbox.close()
        return self._thread.wait(timeout_ms)

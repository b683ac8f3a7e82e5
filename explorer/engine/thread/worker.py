"""The engine thread: the only thread code of the app."""

from __future__ import annotations

import gc
from dataclasses import replace

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import EngineDown
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Request, Result

STACK_BYTES = 16 * 2**20  # macOS gives secondary threads 512 KB
SHUTDOWN_MILLISECONDS = 10_000
COLLECT_MILLISECONDS = 250
FULL_PATIENCE = 4
"""How much longer than usual a collection of everything is put off: it stops the window for a tenth of a second."""


class _EngineThread(QThread):
    def __init__(self, mailbox: Mailbox, outbox: Outbox) -> None:
        super().__init__()
        self.setObjectName("engine")
        self.setStackSize(STACK_BYTES)
        self._mailbox, self._outbox = mailbox, outbox

    def run(self) -> None:
        from explorer.engine.thread.loop import Loop

        try:
            # torch is imported here, behind the open window
            from explorer.engine.engine import Engine

            loop = Loop(self._mailbox, Engine(), self._outbox.put)
        except BaseException as error:
            self._refuse(_down(error, has_started=False))
            return
        try:
            loop.run()
        except BaseException as error:
            down = _down(error, has_started=True)
            loop.abandon(down)
            self._refuse(down)

    def _refuse(self, down: EngineDown) -> None:
        """Answer with this all that waits, and all that comes, until the mailbox is closed."""
        while self._mailbox.wait():
            for background in (False, True):
                while (request := self._mailbox.take(background)) is not None:
                    outcome = replace(down, request=request.payload)
                    self._outbox.put(Result(request.request_id, request.channel, request.generation, outcome))


def _down(error: BaseException, has_started: bool) -> EngineDown:
    from explorer.engine.thread.loop import failure

    failed = failure(error)
    if has_started:
        message = f"the engine stopped: {failed.message}; start the app again, what is open will be there"
    else:
        message = f"the engine cannot start: {failed.message}"
    return EngineDown(message, failed.detail, has_started=has_started)


class _Collector(QObject):
    """Has the main thread alone collect garbage while an engine thread runs.

    Python collects on whichever thread happens to allocate. On the engine thread that would destroy widgets which went out of
    use, while the main thread may be about to send them an event: the process ends in a segmentation fault.
    """

    _running = 0
    _was_enabled = True

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=COLLECT_MILLISECONDS)
        self._timer.timeout.connect(self._collect)

    def begin(self) -> None:
        if self._timer.isActive():
            return
        if _Collector._running == 0:
            _Collector._was_enabled = gc.isenabled()
            gc.disable()
        _Collector._running += 1
        self._timer.start()

    def end(self) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        _Collector._running -= 1
        if _Collector._running == 0 and _Collector._was_enabled:
            gc.enable()

    def _collect(self) -> None:
        """The oldest generation that Python itself would collect by now."""
        limits = gc.get_threshold()
        for generation, patience in ((2, FULL_PATIENCE), (1, 1), (0, 1)):
            if limits[generation] and gc.get_count()[generation] > patience * limits[generation]:
                gc.collect(generation)
                return


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
        self._collector = _Collector(self)

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

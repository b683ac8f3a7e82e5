"""The engine's side: requests come on stdin, results go to stdout, and it ends when stdin does."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING, NoReturn

import explorer
from explorer.engine.engine import Engine
from explorer.engine.process.child import differing
from explorer.engine.process.codec import BadContents, Cancel, Hello, Hide, Reader, Writer
from explorer.engine.process.frames import BrokenFrame
from explorer.engine.process.pipes import widened
from explorer.engine.thread.loop import failure
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Result
from explorer.engine.thread.working import work
from explorer.processors import stand_behind_a_window

if TYPE_CHECKING:
    from explorer.engine.process.elsewhere.served import Served

LAST_SECONDS = 0.35
"""After which a step that does not come to its end when the window has gone is not waited for; less than the window waits."""


def serve() -> NoReturn:
    """Answer until stdin ends."""
    _go_with_the_window()
    stand_behind_a_window()
    source, sink = _streams()
    desk = _Desk()
    read = threading.Thread(target=_read, args=(source, sink, desk), name="requests", daemon=True)
    read.start()
    work(Engine(), desk.mailbox, desk.put, patient=False)
    desk.clear()
    os._exit(0)  # nothing is left to be done, and taking torch apart in order would take longer than the window waits


class _Desk:
    """What comes and what goes, whether the window is here or elsewhere: which of them, the window says first."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self.mailbox, self.outbox = Mailbox(), Outbox(self._wake)
        self.elsewhere: Served | None = None

    def _wake(self) -> None:
        (self.told.set if self.elsewhere is None else self.elsewhere.nudge)()

    def put(self, result: Result) -> None:
        """Have a result sent."""
        (self.outbox.put if self.elsewhere is None else self.elsewhere.put)(result)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.elsewhere is not None:
            self.elsewhere.close()


def _go_with_the_window() -> None:
    """Outlive what the terminal sends to all of a group, since the window decides; and go where the window goes, however it goes."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG; a stdin that ends comes first, and is cleaner
    with contextlib.suppress(ValueError, OSError, RuntimeError):  # stderr may be no file
        faulthandler.enable(all_threads=False)


def _streams() -> tuple[IO[bytes], IO[bytes]]:
    """The frames' own stdin and stdout; whatever reads or prints from here on gets nothing, and is on stderr."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for number in (source, sink):
        widened(number)
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def _read(source: IO[bytes], sink: IO[bytes], desk: _Desk) -> None:
    """Greet, then take what comes until stdin ends."""
    reader, writer = Reader(source), Writer(sink)
    try:
        hello = reader.greeting()
        if hello is not None:
            refusal = differing(window=hello.version, engine=explorer.__version__)
            writer.write(Hello(explorer.__version__, refusal))
            if not refusal and hello.elsewhere:
                _serve_elsewhere(hello, source, sink, desk)
            elif not refusal:
                threading.Thread(target=_write, args=(writer, desk.outbox, desk.told), name="results", daemon=True).start()
                _take(reader, desk.mailbox, desk.outbox)
    except (BrokenFrame, OSError) as error:
        sys.stderr.write(f"the engine cannot understand the window: {error}\n")
    timer = threading.Timer(LAST_SECONDS, os._exit, (0,))
    timer.daemon = True
    timer.start()
    desk.mailbox.close()


def _serve_elsewhere(hello: Hello, source: IO[bytes], sink: IO[bytes], desk: _Desk) -> None:
    from explorer.engine.process.elsewhere.served import Served  # which a window here does not wait for

    desk.elsewhere = Served(hello, desk.mailbox, desk.outbox)
    desk.elsewhere.run(source, sink)


def _take(reader: Reader, mailbox: Mailbox, outbox: Outbox) -> None:
    while True:
        try:
            asked = reader.request()
        except BadContents as bad:
            outbox.put(Result(bad.request_id, bad.channel, bad.generation, failure(bad)))
            continue
        if asked is None:
            return
        if isinstance(asked, Hide):
            mailbox.hide(frozenset(asked.owners))
            continue
        if isinstance(asked, Cancel):
            mailbox.cancel(asked.channel, asked.generation)
        else:
            mailbox.post(asked)
        if isinstance(asked, Cancel) or not asked.queued:
            outbox.drop(asked.channel, asked.generation)


def _write(writer: Writer, outbox: Outbox, told: threading.Event) -> None:
    with contextlib.suppress(OSError, ValueError):  # the window has gone, and the thread that reads sees it, too
        while told.wait():
            told.clear()
            while (result := outbox.take_one()) is not None:
                try:
                    writer.write(result)
                except BrokenFrame as error:
                    writer.write(Result(result.request_id, result.channel, result.generation, failure(error), result.last))

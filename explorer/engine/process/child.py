"""The engine's process as the window's side sees it: started, talked to by two threads, ended. No Qt, no torch."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO

import explorer
from explorer.engine.process.codec import BadContents, Hello, Reader, Writer
from explorer.engine.process.frames import BrokenFrame
from explorer.engine.process.outgoing import Outgoing
from explorer.engine.process.pipes import widened
from explorer.engine.process.spawning import spawn
from explorer.engine.thread.loop import failure
from explorer.engine.thread.requests import Request, Result

END_SECONDS = 0.5
"""An engine that does not end by itself within this time is killed: nobody shall wait a second for a window to close."""
LEFT_SECONDS = 0.1
"""For which its threads are waited for once it is ended: what it started may hold its stderr longer."""
LOST_SECONDS = 1.0
"""For which one that has ended unasked may still say why."""
_CRASHES = {
    int(signal.SIGSEGV): "a segmentation fault",
    int(signal.SIGABRT): "it aborted",
    int(signal.SIGILL): "it asked too much of this processor",
}
TAIL = 120
"""Lines of what it said last that are kept, for a report."""


class Child:
    """A process that runs an engine. Starts at once; `begin` has it talked to.

    Parameters
    ----------
    words : sequence of str, optional
        The command; that of this app's own engine if left out.
    process : Popen, optional
        What `spawn` has started already.

    Attributes
    ----------
    outgoing : Outgoing
        What shall be sent.
    greeted : bool
        Whether it has said that it is an engine of this version.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, words: Sequence[str] | None = None, process: subprocess.Popen[bytes] | None = None) -> None:
        self._process = process or spawn(words)
        self._said: deque[str] = deque(maxlen=TAIL)
        self._threads: list[threading.Thread] = []
        self._refusal = ""
        self._ending = False
        self.outgoing = Outgoing()
        self.greeted = False

    @property
    def pid(self) -> int:
        """Number of its process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process.poll() is None

    def begin(self, take: Callable[[Result], None], ended: Callable[[], None]) -> None:
        """Talk to it: `take` gets every result, and when it has ended `ended` is called, once; both on a thread of their own."""
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        for stream in (stdin, stdout):
            widened(stream.fileno())
        listen = threading.Thread(target=self._listen, args=(stderr,), name="engine words", daemon=True)
        write = threading.Thread(target=self._write, args=(stdin, take), name="engine requests", daemon=True)
        read = threading.Thread(target=self._read, args=(stdout, take, ended, (listen, write)), name="engine results", daemon=True)
        self._threads = [listen, write, read]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """End it: within END_SECONDS by itself, else killed. Waits for what is left of it LEFT_SECONDS at most."""
        self._ending = True
        self.outgoing.close()
        if not self._threads:  # nobody talks to it
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            if not self._threads:
                self._process.wait()  # else the thread that reads does: to take a large one apart takes the system a while
        until = time.monotonic() + LEFT_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    # --- what became of it

    @property
    def why(self) -> str:
        """Why it ended, in words: "killed by signal 9"; where it never began, the last that it said."""
        said = self._said[-1] if self._said and not self.greeted else ""
        return self._refusal or said or told_of(self._process.returncode)

    @property
    def refused(self) -> bool:
        """Whether the two cannot work together, however often it is started."""
        return bool(self._refusal)

    @property
    def was_killed(self) -> bool:
        """Whether it was ended from outside without having a say, as the system does where memory runs short."""
        return self._process.returncode == -9

    @property
    def last_words(self) -> str:
        """What it printed last."""
        return "\n".join(self._said)

    # --- its threads

    def _write(self, stream: IO[bytes], take: Callable[[Result], None]) -> None:
        writer = Writer(stream)
        with contextlib.suppress(OSError, ValueError):  # it is gone, which the thread that reads sees, too
            writer.write(self._hello())
            self._send(writer, stream, take)
        with contextlib.suppress(OSError):
            stream.close()

    def _hello(self) -> Hello:
        """What it is told first."""
        return Hello(explorer.__version__)

    def _send(self, writer: Writer, stream: IO[bytes], take: Callable[[Result], None]) -> None:
        """Send what is to be sent until there is no more."""
        while (message := self.outgoing.take()) is not None:
            try:
                writer.write(message)
            except BrokenFrame as error:
                if isinstance(message, Request):
                    take(Result(message.request_id, message.channel, message.generation, failure(error)))

    def _receive(self, reader: Reader, stream: IO[bytes], take: Callable[[Result], None]) -> None:
        """Have all taken that comes until there is no more."""
        while (result := next_result(reader)) is not None:
            take(result)

    def _read(
        self, stream: IO[bytes], take: Callable[[Result], None], ended: Callable[[], None], others: Sequence[threading.Thread]
    ) -> None:
        reader = Reader(stream)
        try:
            hello = reader.greeting()
            if hello is not None:
                self._refusal = hello.refusal or differing(window=explorer.__version__, engine=hello.version)
                self.greeted = not self._refusal
            if self.greeted:
                self._receive(reader, stream, take)
        except BrokenFrame as error:
            self._refusal = str(error)
        except OSError:
            pass
        stream.close()
        self.outgoing.close()
        try:
            self._process.wait(LOST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in others:
            thread.join(LOST_SECONDS)  # what it started may hold its stderr longer
        if not self._ending:
            ended()

    def _listen(self, stream: IO[bytes]) -> None:
        """Pass on what it prints, and keep the end of it."""
        with stream:
            for line in stream:
                text = line.decode(errors="backslashreplace").rstrip()
                self._said.append(text)
                with contextlib.suppress(OSError, ValueError, AttributeError):  # a window may have nowhere to print
                    sys.stderr.write(f"{text}\n")
                    sys.stderr.flush()


def next_result(reader: Reader) -> Result | None:
    """What has come next; of what cannot be understood, its failure."""
    try:
        return reader.result()
    except BadContents as bad:
        return Result(bad.request_id, bad.channel, bad.generation, failure(bad))


def differing(window: str, engine: str) -> str:
    """Why two versions do not work together; empty if they are the same."""
    return "" if window == engine else f"the window is version {window}, the engine {engine}: install the same for both"


def told_of(status: int | None) -> str:
    """How a process ended, in words."""
    if status is None:
        return "it does not answer"
    if status >= 0:
        return f"it ended with status {status}"
    number = -status
    return f"{_CRASHES[number]}, signal {number}" if number in _CRASHES else f"killed by signal {number}"

"""The process that leads to an engine on another machine, as the window's side sees it: ssh, or whatever command was given."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO

import msgspec

from explorer.engine.desk import Desk
from explorer.engine.models.messages import LibraryScanned, ScanLibrary
from explorer.engine.models.scanning import remember, scan_early
from explorer.engine.process.child import Child, next_result
from explorer.engine.process.codec import Cancel, Hello, Reader, Writer
from explorer.engine.process.elsewhere.address import Address
from explorer.engine.process.elsewhere.carrying import Carrying
from explorer.engine.process.elsewhere.segments import Frame, Priority
from explorer.engine.process.elsewhere.talk import decoded
from explorer.engine.process.elsewhere.way import Way
from explorer.engine.process.frames import BrokenFrame
from explorer.engine.thread.loop import failure
from explorer.engine.thread.requests import Request, Result
from explorer.resources import resource_root

UNKNOWN_COMMAND, UNREACHED = 127, 255
"""What a shell, and ssh, end with."""


class FarChild(Child):
    """As `Child`, over a way that may be slow, may break, and leads to other files.

    Parameters
    ----------
    where : Address
        What starts it (OSError if it cannot be).
    process : Popen, optional
        What was started so already.
    """

    def __init__(self, where: Address, process: subprocess.Popen[bytes] | None = None) -> None:
        super().__init__(list(where.words), process)
        self._where = where
        self._take: Callable[[Result], None] = lambda result: None
        self._way: Way[None] = Way(self._pull)
        self._carrying = Carrying(self._way.nudge)
        self._writer = Writer(BytesIO(), packs=lambda: True)
        self.outgoing.told = self._told

    @property
    def why(self) -> str:
        """Why it ended, in words; of a program that is not there, what to do."""
        status = self._process.returncode
        if not self.greeted and not self._refusal and self._where.is_ssh and status == UNKNOWN_COMMAND:
            return f"{self._where.name} has no generative-explorer on its path: install the same version there"
        if self.greeted and not self._refusal and self._where.is_ssh and status == UNREACHED:
            return self._said[-1] if self._said else "ssh ended"
        return super().why

    def end(self) -> None:
        """As of `Child`."""
        self._carrying.close()
        super().end()

    def _hello(self) -> Hello:
        return msgspec.structs.replace(super()._hello(), elsewhere=_who(), resources=str(resource_root()))

    def _send(self, writer: Writer, stream: IO[bytes], take: Callable[[Result], None]) -> None:
        self._take = take
        self._way.write(stream, silent=self._process.kill)

    def _receive(self, reader: Reader, stream: IO[bytes], take: Callable[[Result], None]) -> None:
        def taken(priority: Priority, frame: bytearray) -> None:
            if priority in (Priority.TALK, Priority.DATA):
                self._carrying.take(*decoded(frame))
                return
            reader.feed(frame)
            result = next_result(reader)
            if result is not None:
                if result.last:
                    self._carrying.answered(result.request_id)
                if isinstance(result.outcome, LibraryScanned):
                    remember(result.outcome.entries)
                take(result)

        try:
            self._way.read(stream, taken)
        finally:
            self._way.close()
            self._carrying.close()

    def _pull(self, priority: Priority) -> Frame[None] | None:
        if priority == Priority.TALK:
            content: bytes | memoryview | None = self._carrying.talk()
        elif priority == Priority.LIGHT:
            content = self._asked()
        elif priority == Priority.DATA:
            content = self._carrying.data()
        else:
            content = None
        return None if content is None else Frame(content, None)

    def _asked(self) -> memoryview | None:
        """The next request, or whatever else there is to say; None if there is nothing, or no more."""
        while (message := self.outgoing.take_now()) is not None:
            if isinstance(message, Cancel) or (isinstance(message, Request) and not message.queued):
                self._carrying.forget(message.channel, message.generation)
            if not isinstance(message, Request):
                return self._writer.frame(message)
            if self._known_here(message):
                continue
            try:
                return self._writer.frame(self._carrying.with_files(message))
            except BrokenFrame as error:
                self._take(Result(message.request_id, message.channel, message.generation, failure(error)))
        return None

    def _told(self) -> None:
        if self.outgoing.closed:
            self._way.close()
            self._carrying.close()
        else:
            self._way.nudge()

    def _known_here(self, request: Request) -> bool:
        """Whether it is answered without the engine: what lies on this machine, and was opened before, need not be sent to be listed."""
        if not isinstance(request.payload, ScanLibrary):
            return False
        outcomes = list(scan_early(request.payload, Desk()) or ())
        for outcome in outcomes:
            if outcome is not None:
                self._take(Result(request.request_id, request.channel, request.generation, outcome))
        return bool(outcomes)


def _who() -> str:
    """By which a window is known again: its paths are not those of another machine or person, of whom no more is told."""
    said = f"{platform.node()} {os.getuid() if hasattr(os, 'getuid') else ''} {Path.home()}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]

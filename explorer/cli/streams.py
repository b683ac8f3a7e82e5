"""The terminal's streams: those that are closed or whose disk is full, and what must not reach them as it is."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO, TypeVar

T = TypeVar("T")

_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters, ends of lines, and what turns the direction of a text."""


def printable(text: str) -> str:
    """The text with what a terminal would obey escaped: names and cards may come from anywhere."""
    return _UNPRINTED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _Watched:
    """A stream that knows why it did not take what it was given."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        return self._tried(lambda: self._stream.write(text), len(text))

    def flush(self) -> None:
        self._tried(self._stream.flush, None)

    def _tried(self, act: Callable[[], T], instead: T) -> T:
        try:
            return act()
        except OSError as error:
            self.failure = error.strerror or str(error)
            silence(self._stream)
            raise


class _Forgiving(_Watched):
    """For stderr: what cannot be said is not said, and the work goes on; only a reader that left ends it."""

    def _tried(self, act: Callable[[], T], instead: T) -> T:
        try:
            return super()._tried(act, instead)
        except BrokenPipeError:
            raise
        except OSError:
            return instead


@contextlib.contextmanager
def kept_usable() -> Iterator[None]:
    """Streams that can be used, whatever the command was started with; `refusal` says what became of stdout."""
    closed = sys.stdout is None
    _fill()
    streams = [stream if stream is not None else open(os.devnull, "w") for stream in (sys.stdout, sys.stderr)]  # noqa: SIM115
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal's encoding may lack a character of a file's name
    out, errors = _Watched(streams[0]), _Forgiving(streams[1])
    out.failure = "it is closed" if closed else ""
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        yield


def _fill() -> None:
    """Give the numbers of closed streams to nothing: the next file that is opened would have what is printed in it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number


def refusal() -> str:
    """Why stdout cannot be written, as far as is known; empty if it can."""
    return str(getattr(sys.stdout, "failure", ""))


def silence(stream: TextIO) -> None:
    """Keep the interpreter's last flush from failing again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

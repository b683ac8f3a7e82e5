"""Requests and results as frames: typed msgpack for what is small, arrays as they lie in memory. Nothing is ever executed.

A frame names the type of what it carries, and only a Payload or an Outcome of this package's messages can be named. What comes
is checked against that type's fields. Arrays are read where they arrived: no copy, not writable.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import IO, Any

import msgspec
import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.process.elsewhere.packing import packed, unpacked
from explorer.engine.process.frames import MAX_TAIL, BrokenFrame, Buffer, padded, read_frame, write_frame
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import NamedFile, Outcome, Payload, Request, Result

_PACKAGE = "explorer.engine."
_NAME = re.compile(r"((?:[a-z][a-z0-9_]*\.)*[a-z0-9_]*messages):([A-Z]\w*)")
_DTYPE_KINDS = frozenset("biuf")
MAX_DIMENSIONS = 32
SMALL_HEADER = 256
"""Bytes of one that is not deflated: that would win nothing."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the channel's requests older than `generation`."""

    channel: str
    generation: int


@dataclass(frozen=True, slots=True)
class Hide:
    """Have the work of these owners of channels yield."""

    owners: tuple[str, ...]


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first frame of either side: its version, and in words why it will not work with the other; empty if it will.

    Not by position as the others, so that versions to come can say more.
    """

    version: str
    refusal: str = ""
    elsewhere: str = ""
    """From a window of another machine: who it is. What follows is segments (`elsewhere/segments.py`) on both sides."""
    resources: str = ""
    """Of such a window: where the files that come with the app are there."""


class _Ask(msgspec.Struct, frozen=True, tag="ask", array_like=True):
    request_id: int
    channel: str
    generation: int
    queued: bool
    kind: str
    payload: msgspec.Raw
    files: tuple[NamedFile, ...] = ()


class _Cancel(msgspec.Struct, frozen=True, tag="cancel", array_like=True):
    channel: str
    generation: int


class _Hide(msgspec.Struct, frozen=True, tag="hide", array_like=True):
    owners: tuple[str, ...]


class _Answer(msgspec.Struct, frozen=True, tag="answer", array_like=True):
    request_id: int
    channel: str
    generation: int
    last: bool
    kind: str
    outcome: msgspec.Raw


_Asked = _Ask | _Cancel | _Hide
Message = Hello | Request | Cancel | Hide | Result


def name_of(kind: type) -> str:
    """What a type is called in frames: "chain.messages:ShowStep"."""
    return f"{kind.__module__.removeprefix(_PACKAGE)}:{kind.__qualname__}"


@cache
def kind_of(name: str, base: type[Payload] | type[Outcome]) -> type:
    """The type of that name.

    Raises
    ------
    BrokenFrame
        If it is none of this package's messages, or does not derive from `base`.
    """
    named = _NAME.fullmatch(name)
    if named is not None:
        kind: object
        try:
            kind = getattr(importlib.import_module(_PACKAGE + named[1]), named[2], None)
        except ImportError:
            kind = None
        if isinstance(kind, type) and issubclass(kind, base) and hasattr(kind, "__dataclass_fields__") and name_of(kind) == name:
            return kind
    raise BrokenFrame(f"there is no {base.__name__.lower()} called {name!r}")


class BadContents(BrokenFrame):
    """A whole frame, whose contents cannot be understood: that one request fails, and the next frame may be sound."""

    def __init__(self, why: BrokenFrame, of: _Ask | _Answer) -> None:
        super().__init__(str(why))
        self.request_id, self.channel, self.generation = of.request_id, of.channel, of.generation


class Writer:
    """Writes messages to a stream; of one thread.

    Parameters
    ----------
    stream : binary stream
    packs : callable
        Whether arrays are to be made small, by now: where the way is slow.
    """

    def __init__(self, stream: IO[bytes], packs: Callable[[], bool] = lambda: False) -> None:
        self._stream, self._packs = stream, packs
        self._encoder = msgspec.msgpack.Encoder(enc_hook=self._apart)
        self._arrays: list[Buffer] = []
        self._size = 0

    def write(self, message: Message) -> None:
        """Send a message; returns when it is on its way.

        Raises
        ------
        BrokenFrame
            If something in it cannot be sent, or it is too large.
        OSError
            If nobody reads any more.
        """
        write_frame(self._stream, *self._encoded(message))

    def frame(self, message: Message) -> memoryview:
        """The whole frame of a message, for who sends it in pieces (BrokenFrame as `write`)."""
        whole = BytesIO()
        header, arrays = self._encoded(message)
        write_frame(whole, header, arrays, small=len(header) > SMALL_HEADER and self._packs())
        return whole.getbuffer()

    def _encoded(self, message: Message) -> tuple[bytes, list[Buffer]]:
        self._arrays, self._size = [], 0
        try:
            header = self._encoder.encode(self._enveloped(message))
        except (TypeError, ValueError, OverflowError) as error:
            raise BrokenFrame(f"cannot be sent: {error}") from None
        arrays, self._arrays = self._arrays, []
        return header, arrays

    def _enveloped(self, message: Message) -> Any:
        match message:
            case Request():
                body = msgspec.Raw(self._encoder.encode(message.payload))
                kind = name_of(type(message.payload))
                return _Ask(message.request_id, message.channel, message.generation, message.queued, kind, body, message.files)
            case Result():
                outcome = message.outcome
                if isinstance(outcome, Failed):
                    outcome = replace(outcome, request=None)  # who asked knows what was asked
                body = msgspec.Raw(self._encoder.encode(outcome))
                return _Answer(message.request_id, message.channel, message.generation, message.last, name_of(type(outcome)), body)
            case Cancel():
                return _Cancel(message.channel, message.generation)
            case Hide():
                return _Hide(message.owners)
        return message

    def _apart(self, value: Any) -> Any:
        """What msgpack does not know: arrays go behind the header, which says what they are and where."""
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in _DTYPE_KINDS:
                raise TypeError(f"an array of {value.dtype}")
            place = self._size
            array = np.ascontiguousarray(value)
            small = packed(array) if self._packs() else None
            memory = memoryview(small[1]) if small is not None else array.reshape(-1).view(np.uint8).data
            self._arrays.append(memory)
            self._size += padded(len(memory))
            said = (value.dtype.str, value.shape, place)
            return said if small is None else (*said, small[0], len(memory))
        if isinstance(value, np.generic):
            return value.item()
        raise TypeError(f"a {type(value).__module__}.{type(value).__qualname__}")


class Reader:
    """Reads messages from a stream; of one thread."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
        self._tail = memoryview(b"")

    def feed(self, frame: bytes | bytearray) -> None:
        """Read this next, a whole frame, in the place of the stream."""
        self._stream = BytesIO(frame)

    def greeting(self) -> Hello | None:
        """The other side's first frame; None if it ended before. BrokenFrame as `requests`."""
        return self._read(Hello)

    def request(self) -> Request | Cancel | Hide | None:
        """What the window wants next; None if it has closed the stream.

        Raises
        ------
        BrokenFrame
            If it cannot be understood; BadContents if what follows still can be.
        """
        asked = self._read(_Asked)
        if isinstance(asked, _Ask):
            try:
                payload = self._decoded(asked.payload, kind_of(asked.kind, Payload))
            except BrokenFrame as error:
                raise BadContents(error, asked) from None
            return Request(asked.request_id, asked.channel, asked.generation, payload, asked.queued, asked.files)
        if isinstance(asked, _Hide):
            return Hide(asked.owners)
        return None if asked is None else Cancel(asked.channel, asked.generation)

    def result(self) -> Result | None:
        """What the engine has answered next; None if it has closed the stream. BrokenFrame as `request`."""
        answer = self._read(_Answer)
        if answer is None:
            return None
        try:
            outcome = self._decoded(answer.outcome, kind_of(answer.kind, Outcome))
        except BrokenFrame as error:
            raise BadContents(error, answer) from None
        return Result(answer.request_id, answer.channel, answer.generation, outcome, answer.last)

    def _read(self, kind: Any) -> Any:
        frame = read_frame(self._stream)
        if frame is None:
            return None
        header, self._tail = frame
        return self._decoded(header, kind)

    def _decoded(self, body: bytes | msgspec.Raw, kind: Any) -> Any:
        if kind not in self._decoders:
            self._decoders[kind] = msgspec.msgpack.Decoder(kind, dec_hook=self._made)
        try:
            return self._decoders[kind].decode(body)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise BrokenFrame(f"a frame that says nothing known: {error}") from None

    def _made(self, kind: type, value: Any) -> Any:
        """What the header says of an array, as the array."""
        if kind is not np.ndarray:
            raise ValueError(f"nothing can be a {kind.__name__}")
        try:
            letters, shape, place, *how = value
            dtype = np.dtype(str(letters))
            sizes = tuple(int(size) for size in shape)
            place = int(place)
            way, sent = (str(how[0]), int(how[1])) if how else ("", -1)
        except (TypeError, ValueError, IndexError):
            raise ValueError(f"{value!r} is no array") from None
        size = math.prod(sizes) * dtype.itemsize
        length = sent if way else size
        bad = dtype.kind not in _DTYPE_KINDS or len(sizes) > MAX_DIMENSIONS or any(side < 0 for side in sizes) or size > MAX_TAIL
        if bad or not 0 <= place <= place + length <= len(self._tail):
            raise ValueError(f"there is no such array: {value!r}")
        if way:
            return read_only(unpacked(way, self._tail[place : place + length], sizes, dtype, size))
        return np.frombuffer(self._tail, dtype, math.prod(sizes), place).reshape(sizes) if length else _empty(sizes, dtype)


def _empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    array = np.empty(shape, dtype)
    array.setflags(write=False)
    return array

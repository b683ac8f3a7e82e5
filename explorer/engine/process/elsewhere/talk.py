"""What the two sides say of files: frames of their own, beside requests and results."""

from __future__ import annotations

import struct

import msgspec

from explorer.engine.process.frames import BrokenFrame

CHUNK = 2**16
"""Bytes of a file in one frame."""
_LENGTH = struct.Struct("<I")


class Want(msgspec.Struct, frozen=True, tag="want", array_like=True):
    """To the window: it is asked what is in the file, or folder, that a request named so."""

    name: str


class Part(msgspec.Struct, frozen=True, array_like=True):
    """One file, by its absolute path there and its hash."""

    path: str
    sha256: str
    size: int


class Offer(msgspec.Struct, frozen=True, tag="offer", array_like=True):
    """From the window: what a name consists of; or why it cannot be sent."""

    name: str
    parts: tuple[Part, ...]
    problem: str = ""


class Send(msgspec.Struct, frozen=True, tag="send", array_like=True):
    """To the window: these are not here yet."""

    sha256s: tuple[str, ...]


class Stop(msgspec.Struct, frozen=True, tag="stop", array_like=True):
    """To the window: nobody waits for these any more."""

    sha256s: tuple[str, ...]


class Chunk(msgspec.Struct, frozen=True, tag="chunk", array_like=True):
    """From the window: bytes of a file, in order; or why there are no more."""

    sha256: str
    offset: int
    size: int
    problem: str = ""


class Written(msgspec.Struct, frozen=True, tag="written", array_like=True):
    """To the window: bytes of a file that a request had written, in order."""

    request_id: int
    path: str
    offset: int
    size: int


class Stored(msgspec.Struct, frozen=True, tag="stored", array_like=True):
    """From the window: such a file is there; or why it is not."""

    request_id: int
    path: str
    problem: str = ""


Talk = Want | Offer | Send | Stop | Chunk | Written | Stored
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Talk)


def encoded(said: Talk, content: bytes = b"") -> bytes:
    """A frame, with what is in a file behind it."""
    head = _encoder.encode(said)
    return _LENGTH.pack(len(head)) + head + content


def decoded(frame: bytes | bytearray) -> tuple[Talk, memoryview]:
    """What was said, and what was behind it (BrokenFrame if it cannot be understood)."""
    memory = memoryview(frame)
    try:
        (length,) = _LENGTH.unpack(memory[: _LENGTH.size])
        begin = _LENGTH.size + length
        return _decoder.decode(memory[_LENGTH.size : begin]), memory[begin:]
    except (struct.error, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BrokenFrame(f"a frame that says nothing known: {error}") from None

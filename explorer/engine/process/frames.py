"""Frames on a stream of bytes: a prefix with two lengths, a header, and the raw memory of arrays behind it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import IO

import numpy as np

MAGIC, SMALL = b"GXE\x01", b"GXE\x02"
"""What frames begin with; those whose header is deflated, its own size before it."""
_SIZE = struct.Struct("<I")
_PREFIX = struct.Struct("<4sIQ")  # magic, bytes of the header, bytes behind it
ALIGNMENT = 64
"""Every array begins at a multiple of it, as numpy and torch like it best."""

MAX_HEADER = 2**28
MAX_TAIL = 2**32
"""Bytes; the pictures of 16 lanes of 4096 samples are a tenth of it. More is no frame of ours, and no memory is taken for it."""

Buffer = bytes | memoryview


class BrokenFrame(Exception):
    """What came is no frame, or not whole: nothing that follows it can be understood."""


def padded(size: int) -> int:
    """The next multiple of ALIGNMENT."""
    return -size % ALIGNMENT + size


def write_frame(stream: IO[bytes], header: bytes, tail: Sequence[Buffer] = (), small: bool = False) -> None:
    """Write a frame and flush; each part of the tail begins at a multiple of ALIGNMENT. `small` deflates the header.

    Raises
    ------
    BrokenFrame
        If it is larger than a frame may be.
    OSError
        If nobody reads any more.
    """
    length = sum(padded(len(part)) for part in tail)
    if len(header) > MAX_HEADER or length > MAX_TAIL:
        raise BrokenFrame(f"an answer of {(len(header) + length) >> 20} MB is too large to be sent")
    if small:
        header = _SIZE.pack(len(header)) + zlib.compress(header)
    stream.write(_PREFIX.pack(SMALL if small else MAGIC, len(header), length))
    stream.write(header)
    for part in tail:
        stream.write(part)
        stream.write(bytes(padded(len(part)) - len(part)))
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, memoryview] | None:
    """The next frame, its header and its tail, read-only; None where the stream ends between two frames.

    Raises
    ------
    BrokenFrame
        If what comes is no frame, is larger than one may be, or breaks off.
    """
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size or prefix[:4] not in (MAGIC, SMALL):
        raise BrokenFrame(f"this is not what an engine says: {prefix!r}")
    magic, header_length, tail_length = _PREFIX.unpack(prefix)
    if header_length > MAX_HEADER or tail_length > MAX_TAIL:
        raise BrokenFrame(f"a frame of {(header_length + tail_length) >> 20} MB is too large")
    header = stream.read(header_length)
    tail = np.empty(tail_length, np.uint8).data if tail_length else memoryview(b"")
    if len(header) < header_length or (tail_length and _read_into(stream, tail) < tail_length):
        raise BrokenFrame("a frame breaks off")
    return _inflated(header) if magic == SMALL else header, tail.toreadonly()


def _inflated(header: bytes) -> bytes:
    """A header that was made small (BrokenFrame if it is none, or larger than it says)."""
    machine = zlib.decompressobj()
    try:
        (size,) = _SIZE.unpack_from(header)
        found = machine.decompress(header[_SIZE.size :], size + 1) if size <= MAX_HEADER else b""
    except (struct.error, zlib.error) as error:
        raise BrokenFrame(f"a frame's header is spoilt: {error}") from None
    if len(found) != size or not machine.eof:
        raise BrokenFrame("a frame's header is spoilt")
    return found


def _read_into(stream: IO[bytes], memory: memoryview) -> int:
    """Fill the memory; how much of it was filled before the stream ended."""
    done = 0
    while done < len(memory) and (read := stream.readinto(memory[done:])):  # type: ignore[attr-defined]
        done += read
    return done

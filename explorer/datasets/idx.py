"""IDX files (LeCun): big-endian arrays of bytes, plain or gzipped."""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from explorer.errors import BadInput
from explorer.regular_file import check_regular

GZIP = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08
MAX_BYTES = 2**31


def read_idx(path: Path) -> np.ndarray:
    """Array of unsigned bytes in an IDX file, of the shape that its header says.

    Raises
    ------
    BadInput
        If the file is missing, is not IDX, holds another type, is too large, or is shorter or longer than it says.
    """
    check_regular(path)
    try:
        with _opened(path) as file:
            return _read(file, path)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None


def dimensions(path: Path) -> int:
    """Of the array of bytes in an IDX file, by the file's content; 0 of anything else, and of what cannot be read."""
    try:
        check_regular(path)
        with _opened(path) as file:
            return _dimensions(file.read(4))
    except (OSError, EOFError, ValueError, zlib.error, BadInput):
        return 0


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A file, unpacked where it is packed, whatever its name says."""
    with open(path, "rb") as file:
        head = file.read(len(GZIP))
        file.seek(0)
        if head != GZIP:
            yield file
            return
        with gzip.open(file) as inside:
            yield cast(BinaryIO, inside)


def _dimensions(magic: bytes) -> int:
    good = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] == UNSIGNED_BYTE and 1 <= magic[3] <= 4
    return magic[3] if good else 0


def _read(file: BinaryIO, path: Path) -> np.ndarray:
    count = _dimensions(file.read(4))
    if not count:
        raise BadInput(f"{path}: not an IDX file of unsigned bytes")
    header = file.read(4 * count)
    if len(header) < 4 * count:
        raise BadInput(f"{path}: its header is cut short")
    shape = struct.unpack(f">{count}I", header)
    size = math.prod(shape)
    if size > MAX_BYTES:
        raise BadInput(f"{path}: says it holds {size} bytes; at most {MAX_BYTES} are read")
    data = file.read(size + 1)
    if len(data) != size:
        raise BadInput(f"{path}: holds {'more' if len(data) > size else 'fewer'} than the {size} bytes it says")
    return np.frombuffer(data, np.uint8).reshape(shape)

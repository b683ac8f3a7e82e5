"""IDX files (LeCun): big-endian arrays of bytes, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from explorer.endings import PACKED, has
from explorer.errors import BadInput
from explorer.regular_file import check_regular

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
        opener = gzip.open if has(path, PACKED) else open
        with opener(path, "rb") as file:
            return _read(file, path)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from None


def _read(file, path: Path) -> np.ndarray:  # type: ignore[no-untyped-def]
    magic = file.read(4)
    if len(magic) < 4 or magic[0] or magic[1] or magic[2] != UNSIGNED_BYTE or not 1 <= magic[3] <= 4:
        raise BadInput(f"{path}: not an IDX file of unsigned bytes")
    header = file.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise BadInput(f"{path}: its header is cut short")
    shape = struct.unpack(f">{magic[3]}I", header)
    size = math.prod(shape)
    if size > MAX_BYTES:
        raise BadInput(f"{path}: says it holds {size} bytes; at most {MAX_BYTES} are read")
    data = file.read(size + 1)
    if len(data) != size:
        raise BadInput(f"{path}: holds {'more' if len(data) > size else 'fewer'} than the {size} bytes it says")
    return np.frombuffer(data, np.uint8).reshape(shape)

"""The header of a safetensors file: names, shapes and what it says of itself, read without a tensor, and bounded. No torch."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

MAX_HEADER = 16 << 20
"""Bytes: a hundred times those of networks of a thousand tensors. The library's own bound would let a file be read for minutes."""
MOST_TENSORS = 100_000
CUT_SHORT = "not a safetensors file, or cut short"
NONE = "not a safetensors file"


def read_header(file: BinaryIO, size: int) -> dict[str, Any]:
    """What stands before the tensors.

    Parameters
    ----------
    file : file of bytes
        At its beginning; behind the header after.
    size : int
        Bytes of the file.

    Raises
    ------
    ValueError
        With the reason, for people, if it is none, is cut short, or has more than the header of a checkpoint.
    """
    length = int.from_bytes(file.read(8), "little")
    if size < 10 or not 2 <= length <= size - 8:
        raise ValueError(CUT_SHORT)
    if length > MAX_HEADER:
        raise ValueError(f"a safetensors file with a header of {length:,} bytes: a checkpoint's has at most {MAX_HEADER:,}")
    try:
        found = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise ValueError(NONE) from None
    if not isinstance(found, dict) or not isinstance(found.get("__metadata__", {}), dict):
        raise ValueError(NONE)
    if len(found) > MOST_TENSORS:
        raise ValueError(f"a safetensors file with {len(found):,} tensors: a checkpoint has at most {MOST_TENSORS:,}")
    return found

"""Which files of other programs were opened whole here before, by their hash: the same bytes open again, which takes no torch to know.

Kept for this version of the app and this much memory, which both say what opens.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from explorer import __version__, half_written
from explorer.errors import BadInput
from explorer.memory import of_machine
from explorer.paths import cache_folder
from explorer.regular_file import read_whole

NAME = "opened.json"
MOST = 2000
MAX_BYTES = 1 << 20


class _Opened(msgspec.Struct, frozen=True):
    """Numbers that the network of each has learnt, by its hash, the latest last."""

    version: str
    memory: int
    parameters: dict[str, int]


def parameters_of(sha256: str) -> int | None:
    """Numbers that the network of a file has learnt; None if it was not opened here as things are."""
    return _read().parameters.get(sha256)


def keep(sha256: str, parameters: int) -> None:
    """Keep that a file was opened whole. What cannot be written is opened again."""
    opened = _read()
    if opened.parameters.get(sha256) == parameters:
        return
    opened.parameters[sha256] = parameters
    for oldest in list(opened.parameters)[:-MOST]:
        del opened.parameters[oldest]
    half_written.keep(_path(), msgspec.json.encode(opened))


def _path() -> Path:
    return cache_folder() / NAME


def _read() -> _Opened:
    now = _Opened(__version__, of_machine(), {})
    try:
        found = msgspec.json.decode(read_whole(_path(), MAX_BYTES), type=_Opened)
    except (OSError, BadInput, ValueError, RecursionError):
        return now
    return found if (found.version, found.memory) == (now.version, now.memory) else now

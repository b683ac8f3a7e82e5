"""What was told of other people's files, by the hash of each: asked once, wherever the file is then."""

from __future__ import annotations

from pathlib import Path

import msgspec

from explorer import half_written
from explorer.errors import BadInput
from explorer.paths import state_folder
from explorer.recipe.told import NOTHING, Told
from explorer.regular_file import read_whole

NAME = "told.json"
MOST = 2000
MAX_BYTES = 8 << 20


def told_of(file_sha256: str) -> Told:
    """What was told of a file; `NOTHING` where nothing was."""
    return _read().get(file_sha256, NOTHING)


def stamp() -> tuple[int, int]:
    """What tells all that was told from the next version of it: what is known of files that ask is read again then."""
    try:
        stat = _path().stat()
    except OSError:
        return (0, 0)
    return stat.st_mtime_ns, stat.st_size


def remember(file_sha256: str, told: Told) -> None:
    """Keep what was told of a file, in the place of what was before. What cannot be written is asked again."""
    known = _read()
    if known.get(file_sha256, NOTHING) == told:
        return
    known.pop(file_sha256, None)
    if told != NOTHING:
        known[file_sha256] = told
    for oldest in list(known)[:-MOST]:
        del known[oldest]
    half_written.keep(_path(), msgspec.json.encode(known))


def _path() -> Path:
    return state_folder() / NAME


def _read() -> dict[str, Told]:
    try:
        return msgspec.json.decode(read_whole(_path(), MAX_BYTES), type=dict[str, Told])
    except (OSError, BadInput, ValueError, RecursionError):
        return {}

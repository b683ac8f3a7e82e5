"""Hashes of files, each computed once while the file stays as it is, and in slices where somebody waits for them. No torch."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from explorer.regular_file import check_regular

SLICE = 16 << 20
"""Bytes between two cancel points: some hundredths of a second."""
KEPT = 4096
SETTLED_NS = 100_000_000
"""A file that was written so lately may be written again without its times telling: file systems count in milliseconds."""

_Key = tuple[str, int, int, int, int]
_known: dict[_Key, str] = {}


def file_hash(path: Path) -> str:
    """sha256 of a file, in hex (OSError)."""
    slices = hashed([path])
    while True:
        try:
            next(slices)
        except StopIteration as done:
            return str(done.value[0])


def hashed(paths: Sequence[Path]) -> Generator[tuple[int, int], None, tuple[str, ...]]:
    """Hashes of files, returned; how many bytes are read, and of how many, after each slice (OSError; BadInput for a pipe or a device)."""
    for path in paths:
        check_regular(path)
    found, done, total = [], 0, sum(path.stat().st_size for path in paths)
    for path in paths:
        key = _key(path)
        if key not in _known:
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while block := file.read(SLICE):
                    digest.update(block)
                    done += len(block)
                    yield done, total
            found.append(digest.hexdigest())
            _keep(key, found[-1])
        else:
            found.append(_known[key])
            done += path.stat().st_size
    return tuple(found)


def _keep(key: _Key, digest: str) -> None:
    if time.time_ns() - max(key[2], key[3]) < SETTLED_NS:
        return
    while len(_known) >= KEPT:
        del _known[next(iter(_known))]
    _known[key] = digest


def _key(path: Path) -> _Key:
    """By what a file is known to be as it was: by both its times, since a copy may keep the one of the original."""
    stat = path.stat()
    return str(path), stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size

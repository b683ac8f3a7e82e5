"""Files while they are written: neighbours whose names say who writes them, so that those of dead processes go."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import shutil
from functools import lru_cache
from pathlib import Path

ENDING = ".partial"
NAME_KEPT = 40
"""Characters of the name, each of at most 4 bytes: with what follows it stays under the 255 that a name may have."""
_MARK = re.compile(r"\.([0-9a-f]{8})-([0-9a-f]{8})-(\d+)-(\d+)-\d+\.partial")
_numbers = itertools.count()


def neighbour(path: Path) -> Path:
    """Where to write what becomes `path`: a name beside it that no other process, thread or call has.

    What processes left in that folder that are no longer there is removed first.
    """
    forget_dead(path.parent)
    return path.with_name(f"{path.name[:NAME_KEPT]}.{'-'.join(map(str, _own(os.getpid())))}-{next(_numbers)}{ENDING}")


def keep(path: Path, content: bytes) -> None:
    """Write what is no loss where it cannot be written, such as what was measured: whole or not at all, with the folder for it."""
    partial = neighbour(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def forget_dead(folder: Path) -> None:
    """Remove the half-written files and folders of processes that ended; of another machine none, as it cannot be asked."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _MARK.search(entry.name) if entry.name.endswith(ENDING) else None
            if found is None or not _is_dead(found[1], found[2], int(found[3]), int(found[4])):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_dead(machine: str, boot: str, pid: int, began: int) -> bool:
    here, started, *_ = _own(os.getpid())
    if machine != here:
        return False
    return boot != started or _began(pid) != began


@lru_cache(maxsize=1)
def _own(pid: int) -> tuple[str, str, int, int]:
    """The process itself: its machine, the start of that, its number and when it began (`explorer.processes`)."""
    from explorer.processes import process_of

    known = process_of(pid)
    assert known is not None
    return _short(known.host + _numbering()), _short(known.boot), pid, round(known.began)


def _began(pid: int) -> int | None:
    from explorer.processes import process_of

    known = process_of(pid)
    return None if known is None else round(known.began)


def _numbering() -> str:
    """Which numbers processes have here: a container of the same machine has others, and its processes cannot be asked."""
    with contextlib.suppress(OSError):
        return os.readlink("/proc/self/ns/pid")
    return ""


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]

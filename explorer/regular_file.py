"""Files that can be read to their end."""

from __future__ import annotations

import contextlib
import os
import stat
from functools import cache
from pathlib import Path
from typing import BinaryIO

from explorer.errors import BadInput

OF_THE_SYSTEM = ("/proc", "/sys")
"""Where what looks like a file is a question to the system: /proc/kmsg is waited for, /proc/kcore has no end."""


def is_regular(path: Path) -> bool:
    """Whether there is a file that can be read to its end (OSError and ValueError where that cannot be known)."""
    found = os.stat(path)
    return stat.S_ISREG(found.st_mode) and found.st_dev not in _system_devices()


@cache
def _system_devices() -> frozenset[int]:
    found = set()
    for place in OF_THE_SYSTEM:
        with contextlib.suppress(OSError):
            if os.path.ismount(place):
                found.add(os.stat(place).st_dev)
    return frozenset(found)


def check_regular(path: Path) -> None:
    """Refuse what is there and is neither a file nor a folder: a pipe would be waited for, a device has no end (BadInput).

    What is missing, or may not be looked at, is told by whoever opens it.
    """
    try:
        good = is_regular(path) or os.path.isdir(path)
    except (OSError, ValueError):
        return
    if not good:
        raise BadInput(f"{path}: is no regular file, but a pipe or a device")


def open_regular(path: Path) -> BinaryIO:
    """A regular file to be read; a pipe that took its place meanwhile is not waited for.

    Raises
    ------
    BadInput
        If it is a pipe or a device.
    OSError
        If it is missing or cannot be read.
    """
    check_regular(path)
    return open(path, "rb", opener=_not_waiting)


def _not_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_whole(path: Path, most: int) -> bytes:
    """All bytes of a regular file that is no larger than a file of its kind can be.

    Raises
    ------
    BadInput
        If it is a pipe or a device, or larger: no more than `most` bytes of it are read, whatever it says of its size.
    OSError
        If it is missing or cannot be read.
    """
    with open_regular(path) as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise BadInput(f"{path}: is too large: a file of its kind has at most {most:,} bytes")
    return found

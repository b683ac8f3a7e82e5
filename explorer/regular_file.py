"""Files that can be read to their end."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from explorer.errors import BadInput


def check_regular(path: Path) -> None:
    """Refuse what is there and is neither a file nor a folder: a pipe would be waited for, a device has no end (BadInput).

    What is missing, or may not be looked at, is told by whoever opens it.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise BadInput(f"{path}: is no regular file, but a pipe or a device")


def read_whole(path: Path, most: int) -> bytes:
    """All bytes of a regular file that is no larger than a file of its kind can be.

    Raises
    ------
    BadInput
        If it is a pipe or a device, or larger: no more than `most` bytes of it are read, whatever it says of its size.
    OSError
        If it is missing or cannot be read.
    """
    check_regular(path)
    with open(path, "rb") as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise BadInput(f"{path}: is too large: a file of its kind has at most {most:,} bytes")
    return found

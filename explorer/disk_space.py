"""Room on a disk for a file that is written through memory: one that finds the disk full later would end the process (SIGBUS)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

BLOCK = 1 << 20


def reserve(path: Path) -> None:
    """Take the space of a file that is there and holds nothing yet, of the size that it has (OSError if the disk has not as much)."""
    size = path.stat().st_size
    with open(path, "r+b") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        elif sys.platform == "darwin":  # where a size is a promise; Windows keeps it
            header = file.read(min(size, BLOCK))
            file.seek(0)
            file.write(header)
            for begin in range(len(header), size, BLOCK):
                file.write(bytes(min(BLOCK, size - begin)))

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

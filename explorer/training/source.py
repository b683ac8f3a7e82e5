"""Images that stay on disk while they are learnt from, and whether they are still there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

Trace = tuple[int, int]


def on_disk(images: np.ndarray) -> tuple[Path, Trace] | None:
    """File in which images stay, with its size and time of change; None for images in memory."""
    array: object = images
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap) and array.filename is not None:
            path = Path(array.filename)
            trace = _trace(path)
            return None if trace is None else (path, trace)
        array = array.base
    return None


def same_file(path: Path, trace: Trace) -> bool:
    """Whether a file is still what it was."""
    return _trace(path) == trace


def _trace(path: Path) -> Trace | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns

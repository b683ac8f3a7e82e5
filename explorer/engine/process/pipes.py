"""Pipes between two processes."""

from __future__ import annotations

import contextlib
import sys

PIPE_BYTES = 2**20
"""Room in a pipe: pictures of a step are written at once, rather than 64 kB at a time with a switch of processes between."""


def widened(number: int) -> None:
    """Give the pipe behind a file descriptor room, where the system lets it; anything else stays as it is."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

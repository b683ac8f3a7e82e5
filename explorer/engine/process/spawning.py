"""The engine's process, started: nothing of what is needed to talk to it, so that it can be started before that is imported."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import explorer


def command() -> list[str]:
    """What starts this app's own engine, from wherever the app was started."""
    return command_of(["engine", "--stdio"])


def command_of(words: Sequence[str]) -> list[str]:
    """What runs one of this app's own commands, from wherever the app was started."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    # -P: a file in the folder that the person happens to be in is never taken for a module, unless the app itself lies there
    safe = ["-P"]
    with contextlib.suppress(OSError):  # the folder may be gone
        if Path(explorer.__file__).resolve().parent.parent == Path.cwd():
            safe = []
    return [sys.executable, *safe, "-m", "explorer", *words]


def spawn(words: Sequence[str] | None = None) -> subprocess.Popen[bytes]:
    """Start `words`, this app's own engine if left out, with pipes for all that it reads and says (OSError if it cannot be)."""
    pipe = subprocess.PIPE
    quiet = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of Windows alone
    return subprocess.Popen(list(words or command()), stdin=pipe, stdout=pipe, stderr=pipe, creationflags=quiet)

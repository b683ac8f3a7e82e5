"""The engine's process, started: nothing of what is needed to talk to it, so that it can be started before that is imported."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from explorer.own_process import own_command


def command() -> list[str]:
    """What starts this app's own engine, from wherever the app was started."""
    return own_command("engine", "--stdio")


def spawn(words: Sequence[str] | None = None) -> subprocess.Popen[bytes]:
    """Start `words`, this app's own engine if left out, with pipes for all that it reads and says (OSError if it cannot be)."""
    pipe = subprocess.PIPE
    quiet = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of Windows alone
    return subprocess.Popen(list(words or command()), stdin=pipe, stdout=pipe, stderr=pipe, creationflags=quiet)

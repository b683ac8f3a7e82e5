"""Where the frozen app begins: what is different from `python -m explorer`, and then that."""

from __future__ import annotations

import os
import sys

SEARCHED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")
"""Where the system looks for libraries; the bundle's bootloader puts its own folder there, and keeps what was there under NAME_ORIG."""
AFRESH = "PYINSTALLER_RESET_ENVIRONMENT"
"""Has the bootloader of a process of this app, that this one starts, set itself up as if started by hand."""


def hand_back_library_paths(environment: dict[str, str] | os._Environ[str]) -> None:
    """Have programs that are not ours (ffmpeg, a browser, a file manager) find their own libraries; our own processes begin afresh."""
    for name in SEARCHED:
        before = environment.pop(f"{name}_ORIG", None)
        if before is not None:
            environment[name] = before
        elif name in environment and getattr(sys, "_MEIPASS", "\0") in environment[name]:
            del environment[name]
    environment[AFRESH] = "1"


def own_words(words: list[str], program: str) -> list[str]:
    """`sys.argv` of this process.

    Lightning starts the other processes of a run as `sys.executable sys.argv[0] ...`, of which the second is this program once more.
    """
    rest = words[1:]
    return [program, *(rest[1:] if rest[:1] == [program] else rest)]


def begin() -> int:
    """Run the app; its exit status."""
    hand_back_library_paths(os.environ)
    sys.argv = own_words(sys.argv, sys.executable)
    if "--multiprocessing-fork" in sys.argv or sys.argv[-2:-1] == ["-c"]:  # how multiprocessing starts a process of this one
        import multiprocessing

        multiprocessing.freeze_support()
    from explorer.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(begin())

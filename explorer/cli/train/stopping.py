"""A run of the terminal stops at its next update, its state kept, when it is interrupted."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def stopped_by_signals(out: Path) -> Iterator[None]:
    """Ctrl-C, or the end of the session or of its terminal, stops the run at the next update, with its state kept.

    A second one stops it at once, as does the first before the run has begun.
    """
    import signal

    from explorer.training.control import alive, ask, read_status

    before: dict[int, Any] = {}

    def stop(number: int, frame: object) -> None:
        for each, handler in before.items():
            signal.signal(each, handler)
        if number == getattr(signal, "SIGHUP", None):
            signal.signal(number, signal.SIG_IGN)  # a shell and the system may both send it
            _leave_the_terminal()
        status = read_status(out)
        if status is None or not alive(status):
            raise KeyboardInterrupt
        ask(out, "stop")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    status = read_status(out)
    if status is not None and status.phase == "stopped":
        print(f"stopped at update {status.step} of {status.steps}; the same command with --resume goes on", file=sys.stderr)


def _leave_the_terminal() -> None:
    """What is printed to a terminal that is gone would fail."""
    for stream in (sys.stdout, sys.stderr):
        if stream.isatty():
            with open(os.devnull, "w", encoding="utf-8") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())

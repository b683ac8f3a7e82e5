"""Sharing the processors: what a window explores and what trains beside it must not wait for each other.

Threads of one network call meet after every operation, hundreds of times a step, and spin while they wait. Where another
process has taken a processor from one of them, all the others spin for nothing until it has its turn again: on a busy
machine a network of several threads runs many times slower than its share of the processors would let it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

SPINS = "2000"
"""Rounds for which a thread of GNU OpenMP spins before it sleeps; its own are 300,000."""

OF_THE_PERSON = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")
"""Variables that settle it; whoever has set one knows why."""

LOW_PRIORITY = 10
"""On the scale of nice, -20 to 19."""

YIELDING = 5
"""Added to that by a thread that lets others go first: about a third of the share of one that does not."""

_behind_a_window = False

AUTOGROUP = Path("/proc/self/autogroup")
"""Linux shares processors between sessions first, and by nice only within one."""


def sleep_rather_than_spin() -> None:
    """Have threads of a network sleep soon while they wait for each other; of effect only before torch is loaded."""
    if not any(name in os.environ for name in OF_THE_PERSON):
        os.environ["GOMP_SPINCOUNT"] = SPINS


def give_way() -> None:
    """Let every other process go first, this one's children as well; what this one was started from stays as it is."""
    import psutil

    process = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            process.nice(max(LOW_PRIORITY, process.nice()))  # who was started lower stays there
    if _has_its_own_session():
        with contextlib.suppress(OSError):
            AUTOGROUP.write_text(str(LOW_PRIORITY), encoding="ascii")


def stand_behind_a_window() -> None:
    """Say of this process that somebody looks at what it computes: what answers a hand goes before what goes on by itself."""
    global _behind_a_window
    _behind_a_window = True


def let_others_go_first() -> None:
    """Have this thread, and those that it starts, yield to all that were not told to.

    Only behind a window, and on Linux, where threads have priorities of their own that nobody has to be allowed to lower.
    """
    if _behind_a_window and sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + YIELDING)


def _has_its_own_session() -> bool:
    """Whether this process leads a session, which it begins if it may: else it is a shell's, and that would be lowered with it."""
    if not hasattr(os, "setsid"):
        return False
    with contextlib.suppress(PermissionError):  # it leads a group, which a shell's job does, and a session's leader
        os.setsid()
    return os.getsid(0) == os.getpid()


def share(processes: int) -> int:
    """Threads for each of so many processes that compute at once, at least 1."""
    import psutil

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = psutil.cpu_count(logical=False) or usable
    return max(1, min(usable, cores) // max(1, processes))

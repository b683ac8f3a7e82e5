"""Who a process is, so that it is known again."""

from __future__ import annotations

import platform
from pathlib import Path

import msgspec
import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Process(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who a process is, whatever becomes of clocks: another machine has processes of the same numbers, and so has the next start.

    Attributes
    ----------
    host : str
        Name of the machine.
    boot : str
        Of its start; empty where the system does not number them.
    pid : int
    began : float
        When it began, in the system's own ticks since the start where there are some; else in seconds since 1970.
    """

    host: str
    boot: str
    pid: int
    began: float

    @property
    def is_here(self) -> bool:
        """Whether it is, or was, a process of this machine."""
        return self.host == platform.node()

    @property
    def is_there(self) -> bool:
        """Whether it is still at work, as far as this machine can know: False for one of another machine."""
        found = process_of(self.pid)
        return found is not None and found == self


def process_of(pid: int) -> Process | None:
    """The process of a number on this machine; None where there is none that works, or it is not to be asked."""
    try:
        known = psutil.Process(pid)
        if known.status() == psutil.STATUS_ZOMBIE:
            return None
        return Process(platform.node(), _boot(), pid, _began(known))
    except (psutil.Error, ValueError, OverflowError):  # ValueError: a number that no process can have
        return None


def _boot() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _began(process: psutil.Process) -> float:
    """Field 22 of /proc/PID/stat, which no clock moves; its name, the second, may hold anything, so it is counted from behind that."""
    try:
        told = Path(f"/proc/{process.pid}/stat").read_text()
        return float(told.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return float(process.create_time())

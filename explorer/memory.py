"""Memory: what a network's layer frees is kept, since its next layer asks for it again; and how too little of it is told.

The GNU C library gives large blocks back to the system as soon as they are freed, and takes new ones page by page, filled with
zeros. In a network on the CPU that is up to a third of the time (`benchmarks/allocation.py`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

OF_THE_PERSON = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
"""Variables that settle it; whoever has set one knows why."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
_GROUPS = Path("/sys/fs/cgroup")
KEPT = 2**30
"""Bytes at the end of the heap that are kept at the most."""
LARGEST = 2**25
"""Blocks beyond this size still go back at once; it is the largest value that the library takes."""


def keep_freed_memory() -> None:
    """Have the C library keep up to `KEPT` bytes of freed memory; does nothing where that is not the GNU one.

    To be called before there are other threads: an arena of a thread's own holds no large blocks.
    """
    if not sys.platform.startswith("linux") or any(name in os.environ for name in OF_THE_PERSON):
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((M_MMAP_THRESHOLD, LARGEST), (M_TRIM_THRESHOLD, KEPT), (M_ARENA_MAX, 1)):
            mallopt(option, value)


def of_machine() -> int:
    """Bytes that this process could have at the most: the machine's memory, or what its control group is given."""
    import psutil

    found = int(psutil.virtual_memory().total)
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):  # no Linux, no limit ("max"), or not to be read
            found = min(found, int(_GROUPS.joinpath(name).read_text(encoding="ascii")))
    return found


def in_words(nbytes: float) -> str:
    """For people: "6.3 GB", "4.2 MB"."""
    return f"{nbytes / 1e9:.1f} GB" if nbytes >= 1e9 else f"{nbytes / 1e6:.1f} MB"


def was_short(error: BaseException) -> bool:
    """Whether there was not enough: for numpy, for torch on a GPU, for torch's CPU allocator (a plain RuntimeError), or for a library."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = ("allocate memory", "not enough memory", "failed to map segment")
    return isinstance(error, RuntimeError | OSError | ImportError) and any(words in str(error) for words in said)

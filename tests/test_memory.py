"""Freed memory is kept: the same large block again and again is not fetched from the system each time. Too little is known as such."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.memory import OF_THE_PERSON, was_short

BLOCK = 30 * 2**20
PROGRAM = """
import resource, sys, threading
import numpy as np
from explorer.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def work():
    for turn in range(13):
        if turn == 3:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        blocks = [np.ones(BLOCK, np.uint8) for _ in range(4)]
        del blocks
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def faults(how: str, **more: str) -> int:
    """Pages fetched for ten times four large blocks that are freed together, in a thread as the engine's is."""
    known = {name: value for name, value in os.environ.items() if name not in OF_THE_PERSON}
    asked = subprocess.run(
        [sys.executable, "-c", f"BLOCK = {BLOCK}\n{PROGRAM}", how], env=known | more, capture_output=True, text=True, check=True
    )
    return int(asked.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of the GNU C library")
def test_what_was_freed_is_used_again() -> None:
    fetched = faults("leave")
    assert fetched > 100
    assert faults("keep") < fetched / 10
    assert faults("keep", MALLOC_TRIM_THRESHOLD_="131072") > fetched / 2, "whoever has set it knows why"


@pytest.mark.parametrize("make", [np.empty, torch.empty], ids=["numpy", "torch"])
def test_more_memory_than_there_can_be(make: Callable[[int], object]) -> None:
    with pytest.raises((MemoryError, RuntimeError)) as caught:
        make(2**55)
    assert was_short(caught.value)


def test_another_fault_is_none_of_memory() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.ones(2) @ torch.ones(3)
    assert not was_short(caught.value)


def test_a_library_that_cannot_be_mapped_is_short_of_memory() -> None:
    assert was_short(ImportError("/somewhere/library.so: failed to map segment from shared object"))
    assert not was_short(ImportError("No module named 'nothing'"))

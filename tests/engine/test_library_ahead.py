"""Torch's library is there before torch is: loaded by the system, without Python's import."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from explorer.engine.library_ahead import load_library
found = load_library()
there = "libtorch_python" in Path("/proc/self/maps").read_text()
assert found and there and "torch" not in sys.modules, (found, there)
import torch
assert float(torch.ones(3, 3).matmul(torch.ones(3, 3)).sum()) == 27
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere importing torch does all of it")
def test_the_library_is_loaded_before_torch_is_imported_and_torch_works() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

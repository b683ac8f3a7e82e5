"""Kills of an engine elsewhere, as the tool does them: one, and all of it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_kill_at_a_random_moment_loses_nothing() -> None:
    command = [sys.executable, str(ROOT / "tools" / "kill_far.py"), "--kills", "1", "--seed", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout.splitlines() == ["1 kills, 1 went on, 0 half-written files here, 0 failures"], done.stderr
    assert done.returncode == 0

"""Sharing the processors with other processes: asked of processes of their own, which can be changed for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from explorer.processors import LOW_PRIORITY, OF_THE_PERSON, SPINS, share


def said(program: str, **environment: str) -> str:
    """What a program prints, in this environment less the variables that settle how threads wait."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_PERSON}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=kept | environment)
    return done.stdout.strip()


SPINNING = "import os\nfrom explorer.cli.main import main\nmain(['--version'])\nprint(os.environ.get('GOMP_SPINCOUNT', 'as it was'))"


def test_every_command_has_threads_sleep_rather_than_spin() -> None:
    assert said(SPINNING).endswith(SPINS)


@pytest.mark.parametrize(("name", "value", "then"), [("GOMP_SPINCOUNT", "7", "7"), ("OMP_WAIT_POLICY", "ACTIVE", "as it was")])
def test_what_the_person_has_set_stays(name: str, value: str, then: str) -> None:
    assert said(SPINNING, **{name: value}).endswith(then)


def test_giving_way() -> None:
    program = "import psutil\nfrom explorer.processors import give_way\ngive_way()\nprint(int(psutil.Process().nice()))"
    low = int(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", max(LOW_PRIORITY, int(psutil.Process().nice()))))
    assert said(program) == str(low)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares between processes alone")
def test_giving_way_between_sessions() -> None:
    program = "import os\nfrom explorer.processors import give_way\nos.setsid()\ngive_way()\nprint(open('/proc/self/autogroup').read())"
    assert said(program).endswith(f"nice {LOW_PRIORITY}")


BEGUN = """import os, subprocess, sys
os.setsid()  # as a shell has a session of its own: what is lowered here is not the tests'
def autogroup(): return open('/proc/self/autogroup').read().split()[-1]
group = 0 if sys.argv[1] == 'a job' else None
inner = "from explorer.processors import give_way; give_way(); print(open('/proc/self/autogroup').read().split()[-1])"
run = subprocess.run([sys.executable, '-c', inner], process_group=group, capture_output=True, text=True, check=True)
print(autogroup(), run.stdout.strip())"""


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares between processes alone")
@pytest.mark.parametrize(("started", "within"), [("a job", "0"), ("a run", str(LOW_PRIORITY))])
def test_giving_way_lowers_no_session_that_is_another_s(started: str, within: str) -> None:
    """A shell's job leads a group, and cannot leave the shell's session; what a program starts begins one of its own."""
    done = subprocess.run([sys.executable, "-c", BEGUN, started], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", within]


def test_shares_of_the_threads() -> None:
    assert share(1) >= share(2) >= share(4) >= share(10_000) == 1
    assert share(0) == share(1)
    assert share(share(1)) == 1
    assert share(2) * 2 <= max(2, share(1))

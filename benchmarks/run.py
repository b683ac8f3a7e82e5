"""Run every benchmark and write RESULTS.md.

Usage: python benchmarks/run.py [SCRIPT...]    (all of them, or those alone, such as kernel.py)
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = (
    "first_minute.py",
    "scrub.py",
    "sampling.py",
    "backends.py",
    "kernel.py",
    "graphs.py",
    "decoding.py",
    "drag.py",
    "process.py",
    "exact.py",
    "training.py",
    "beside_training.py",
    "allocation.py",
    "plane.py",
    "pointer.py",
    "two_dimensions.py",
    "curves.py",
    "startup.py",
    "commands.py",
    "stalls.py",
    "idle_memory.py",
    "workers.py",
)
HEAD = """# Benchmarks

Each line compares ours with a peer **in one run**, in turns, so that whatever else the machine does falls on both.
Read the ratio, not the times: below 1 ours is faster. `python benchmarks/run.py` measures all of them again and
writes this page; each script says in its first lines what it measures and against what.
"""


def main(names: Sequence[str]) -> None:
    """Run the scripts one after the other, each section written as soon as it is there; the sections of others stay as they are."""
    sections = _sections()
    for script in names or SCRIPTS:
        done = subprocess.run([sys.executable, script], cwd=HERE, capture_output=True, text=True, check=True)
        machine, *lines = done.stdout.strip().splitlines()
        paragraphs = (HERE / script).read_text().split('"""')[1].strip().split("\n\n")
        about = "\n\n".join(p for p in paragraphs if not p.startswith("Usage:"))
        when = f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}."
        sections[script] = f"## `python benchmarks/{script}`\n\n{about}\n\n    " + "\n    ".join(lines) + f"\n\n{machine}\n\n{when}\n"
        print(done.stdout, end="", flush=True)
        known = [each for each in SCRIPTS if each in sections]
        (HERE / "RESULTS.md").write_text("\n".join([HEAD, *(sections[each] for each in known)]))


def _sections() -> dict[str, str]:
    """What the page has now, by script."""
    found = {}
    for part in ("\n" + (HERE / "RESULTS.md").read_text()).split("\n## ")[1:]:
        script = part.partition("benchmarks/")[2].partition("`")[0]
        found[script] = "## " + part.strip() + "\n"
    return found


if __name__ == "__main__":
    main(sys.argv[1:])

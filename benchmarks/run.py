"""Run every benchmark and write RESULTS.md.

Usage: python benchmarks/run.py
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = (
    "first_minute.py",
    "scrub.py",
    "sampling.py",
    "backends.py",
    "decoding.py",
    "drag.py",
    "process.py",
    "exact.py",
    "training.py",
    "beside_training.py",
    "allocation.py",
    "plane.py",
    "curves.py",
    "startup.py",
    "stalls.py",
)
HEAD = """# Benchmarks

Each line compares ours with a peer **in one run**, in turns, so that whatever else the machine does falls on both.
Read the ratio, not the times: below 1 ours is faster. `python benchmarks/run.py` measures all of them again and
writes this page; each script says in its first lines what it measures and against what.
"""


def main() -> None:
    """Run the scripts one after the other."""
    parts = [HEAD]
    for script in SCRIPTS:
        done = subprocess.run([sys.executable, script], cwd=HERE, capture_output=True, text=True, check=True)
        machine, *lines = done.stdout.strip().splitlines()
        paragraphs = (HERE / script).read_text().split('"""')[1].strip().split("\n\n")
        about = "\n\n".join(p for p in paragraphs if not p.startswith("Usage:"))
        parts.append(f"## `python benchmarks/{script}`\n\n{about}\n\n    " + "\n    ".join(lines) + f"\n\n{machine}\n")
        print(done.stdout, end="", flush=True)
    parts.append(f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}.\n")
    (HERE / "RESULTS.md").write_text("\n".join(parts))


if __name__ == "__main__":
    main()

"""The first window of what people without Python install, against that of the installed package.

`packaging/build.sh`'s bundle and a `pip install` of the same sources are launched in turns, on fresh homes, off screen.

Usage: python benchmarks/bundle.py BUNDLE PROGRAM [ROUNDS]
       (build/packaging/dist/generative-explorer/generative-explorer, and generative-explorer of an environment of its own)

Times are those of `open --profile-window`: from the launch of the process until the window is painted, and until digits are on it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from common import machine

KINDS = {"launch_to_window_seconds": "launch to window", "launch_to_first_picture_seconds": "launch to digits"}
SECONDS = 8.0
"""Given to a launch before it is told to end, which is when it writes what it measured."""


def launched(program: str) -> dict[str, float]:
    """Seconds of one launch, by KINDS."""
    with tempfile.TemporaryDirectory() as home:
        told = Path(home, "window.json")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}  # bytecode is kept
        environment |= {"GENERATIVE_EXPLORER_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen([program, "open", "--profile-window", str(told)], env=environment, cwd=home, stderr=subprocess.DEVNULL)
        try:
            process.wait(SECONDS)
            sys.exit(f"{program}: the window closed by itself")
        except subprocess.TimeoutExpired:
            process.terminate()
        process.wait(30)
        found = json.loads(told.read_text())
    missing = [words for kind, words in KINDS.items() if found[kind] is None]
    if missing:
        sys.exit(f"{program}: not reached in {SECONDS:g} s: {', '.join(missing)}")
    return {kind: found[kind] for kind in KINDS}


def main() -> None:
    """A line for the window and one for the digits."""
    if len(sys.argv) < 3:
        sys.exit((__doc__ or "").partition("Usage: ")[2].partition("\n")[0])
    programs = sys.argv[1:3]
    print(machine())
    for program in programs:
        launched(program)  # files are in memory now
    rounds = [[launched(program) for program in programs] for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 5)]
    for kind, words in KINDS.items():
        bundle, package = (statistics.median(each[side][kind] for each in rounds) for side in range(2))
        print(f"{words}: bundle {bundle:.2f} s, installed package {package:.2f} s, ratio {bundle / package:.2f}")


if __name__ == "__main__":
    main()

"""How a sweep grows with its workers: the same recipes in one process, and on 1, 2, … workers of Ray up to the processors there are.

Each sweep is run at two sizes, as a person types it: what every further recipe takes is the difference, and what is left is the start
(Ray's processes, PyTorch imported by each worker). One thread a recipe throughout, so that the files are the same. Wants `[cluster]`.

Usage: python benchmarks/workers.py [--recipes 16] [--samples 16] [--steps 50]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import machine

from explorer.workers import cluster

LESS = 4
"""The smaller size is the larger one through this."""


def seconds(workers: int, recipes: int, samples: int, steps: int) -> float:
    """Of one sweep, from the command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "sweep")
        words = ["sweep", "--checkpoint", "mnist-ddpm-c", "--samples", str(samples), "--grid", f"seed=0..{recipes - 1} steps={steps}"]
        begun = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "explorer", *words, "--out", str(out), "--workers", str(workers), "--threads", "1"],
            check=True, capture_output=True,
        )  # fmt: skip
        taken = time.monotonic() - begun
        assert len(list(out.glob("*.npz"))) == recipes
    return taken


def main() -> None:
    """A line for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--recipes", type=int, default=16)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    if missing := cluster.missing():
        sys.exit(f"workers.py: Ray {missing}: {cluster.INSTALL}")
    few = max(1, options.recipes // LESS)
    print(machine())
    print(f"recipes of {options.samples} samples and {options.steps} steps, {few} and {options.recipes} of them")
    alone = None
    for workers in range(1, (os.cpu_count() or 1) + 1):
        small, large = (seconds(workers, count, options.samples, options.steps) for count in (few, options.recipes))
        each = (large - small) / (options.recipes - few)
        alone = alone or each
        of, start = "this process" if workers == 1 else f"{workers} workers", small - few * each
        print(f"{of:13} {small:6.1f} s and {large:6.1f} s: start {start:5.1f} s, a recipe {each:5.2f} s, {alone / each:.2f} times")


if __name__ == "__main__":
    main()

"""Freed memory kept or given back: the shipped U-Net's evaluations a CPU second, in bf16.

"Plain" is the C library as it is, "ours" with `explorer/memory.py`, as every command of the app has it. Each is a process of
its own with one thread, ours and plain in turns; CPU seconds, so that what else the machine does counts little.

Usage: python benchmarks/allocation.py [--seconds 5] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

from common import machine

from explorer.memory import OF_THE_PERSON, keep_freed_memory

SAMPLES = (16, 64, 250)


def evaluate(samples: int, seconds: float) -> None:
    """Print image steps a CPU second; runs in a process of its own."""
    import torch

    from explorer.checkpoints.files import load
    from explorer.checkpoints.locate import locate

    torch.set_num_threads(1)
    network = load(locate("mnist-ddpm-c")).network
    x, t = torch.randn(samples, 1, 28, 28), torch.full((samples,), 500)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for _ in range(2):
            network(x, t)
        begin, done = time.process_time(), 0
        while time.process_time() - begin < seconds:
            network(x, t)
            done += samples
    print(done / (time.process_time() - begin))


def measure(ours: bool, samples: int, seconds: float) -> float:
    """Image steps a CPU second."""
    plain = {name: value for name, value in os.environ.items() if name not in OF_THE_PERSON}
    asked = [sys.executable, __file__, "--evaluate", str(samples), "--seconds", str(seconds), *(["--ours"] if ours else [])]
    return float(subprocess.run(asked, env=plain, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Compare for some numbers of samples."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--evaluate", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.evaluate is not None:
        if asked.ours:
            keep_freed_memory()
        evaluate(asked.evaluate, asked.seconds)
        return
    print(machine())
    for samples in SAMPLES:
        found = [(measure(True, samples, asked.seconds), measure(False, samples, asked.seconds)) for _ in range(asked.rounds)]
        ours, plain = (statistics.median(column) for column in zip(*found, strict=True))
        print(
            f"{samples:4d} samples: ours {ours:5.0f}, plain {plain:5.0f} image steps a CPU second; ratio of the times {plain / ours:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Commands: from what is typed to what is said, against importing PyTorch.

Usage: python benchmarks/commands.py [ROUNDS]

Each is a process of its own, in turns: `--help`; `info` of a checkpoint that comes with the app, and of a state dict of another program
that it has told of before; `train` until the first update of a network that learns MNIST, the U-Net of Option C in batches of 64, is made
and told. The peer, `python -c "import torch"`, is what no command that computes can do without.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from common import machine

APP = [sys.executable, "-m", "explorer"]
PEER = "import torch"


def state_dict(path: Path) -> Path:
    """PyTorch's example of a VAE, its weights random."""
    layers = {"fc1": (400, 784), "fc21": (20, 400), "fc22": (20, 400), "fc3": (400, 20), "fc4": (784, 400)}
    weights = {f"{name}.weight": torch.randn(shape) for name, shape in layers.items()}
    torch.save(weights | {f"{name}.bias": torch.zeros(shape[0]) for name, shape in layers.items()}, path)
    return path


def first_line(words: list[str], environment: dict[str, str]) -> float:
    """Seconds until a process has written a line; it then ends by itself."""
    begin = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - begin
        process.stdout.read()
    if process.returncode or not line:
        raise SystemExit(f"{' '.join(words)}: ended with {process.returncode}")
    return seconds


def main() -> None:
    """Print a line for each command."""
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "GENERATIVE_EXPLORER_HOME": str(home / "home")}
        foreign = state_dict(home / "vae.pt")
        subprocess.run([*APP, "info", str(foreign)], check=True, capture_output=True, env=environment)
        train = ["train", "ddpm", "--option", "C", "--images", "64", "--batch", "64", "--epochs", "1", "--json", "--out"]
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
        cases = {
            "--help": lambda turn: [*APP, "--help"],
            "info of a checkpoint that comes with the app": lambda turn: [*APP, "info", "mnist-ddpm-c"],
            "info of a state dict that was told of before": lambda turn: [*APP, "info", str(foreign)],
            "train until its first update": lambda turn: [*APP, *train, str(home / f"run-{turn}")],
            PEER: lambda turn: [sys.executable, "-c", f"{PEER}; print()"],
        }
        times: dict[str, list[float]] = {case: [] for case in cases}
        for turn in range(rounds):
            for case, words in cases.items():
                times[case].append(first_line(words(turn), environment))
    median = {case: statistics.median(found) for case, found in times.items()}
    for case in list(cases)[:-1]:
        print(f"{case}: {median[case]:.2f} s, {PEER} {median[PEER]:.2f}, ratio {median[case] / median[PEER]:.2f}")


if __name__ == "__main__":
    main()

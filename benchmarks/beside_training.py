"""Exploring beside training: the network's steps while runs of `train` compute on the same processors.

"Plain" are processes as torch alone would run them, each with all threads. "Ours" are as the window starts them: runs of
low priority, which together have no more threads than the machine, and threads that sleep soon while they wait for each
other (explorer/processors.py). The explorer is a process too, with all threads, that evaluates the shipped U-Net on 16
images again and again.

Usage: python benchmarks/beside_training.py [--seconds 10]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import machine

from explorer.processors import OF_THE_PERSON, share, sleep_rather_than_spin
from explorer.training.control import ask, read_status

TRAIN = ("train", "ddpm", "--batch", "32", "--epochs", "1000", "--device", "cpu", "--json")
IMAGES = 16


def explore(seconds: float) -> None:
    """Print image steps a second; runs in a process of its own, whose environment says how threads wait."""
    import torch

    from explorer.checkpoints.files import load
    from explorer.checkpoints.locate import locate

    network = load(locate("mnist-ddpm-c")).network
    x, t = torch.randn(IMAGES, 1, 28, 28), torch.full((IMAGES,), 500)
    with torch.inference_mode():
        network(x, t)
        begin, done = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            network(x, t)
            done += IMAGES
    print(done / (time.perf_counter() - begin))


def environment(ours: bool) -> dict[str, str]:
    """As torch alone would be started, or as this app starts it."""
    plain = {name: value for name, value in os.environ.items() if name not in OF_THE_PERSON}
    if not ours:
        return plain
    os.environ.clear()
    os.environ.update(plain)
    sleep_rather_than_spin()
    return dict(os.environ)


def measure(runs: int, ours: bool, seconds: float) -> tuple[float, float]:
    """Image steps a second of the explorer beside so many runs, and images a second of these together."""
    surroundings = environment(ours)
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / str(number) for number in range(runs)]
        processes = [_start(folder, ours, runs, surroundings) for folder in folders]
        try:
            for folder, process in zip(folders, processes, strict=True):
                _wait_for_updates(folder, process)
            before = [_images(folder) for folder in folders]
            began = time.perf_counter()
            command = [sys.executable, __file__, "--explore", str(seconds)]
            done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
            trained = sum(_images(folder) - start for folder, start in zip(folders, before, strict=True))
            return float(done.stdout), trained / (time.perf_counter() - began)
        finally:
            for folder in folders:
                ask(folder, "stop")
            for process in processes:
                process.wait()


def _start(folder: Path, ours: bool, runs: int, surroundings: dict[str, str]) -> subprocess.Popen[bytes]:
    folder.mkdir()
    module = ("explorer.cli.run_in_files", str(folder)) if ours else ("explorer",)
    threads = ("--threads", str(share(runs))) if ours and runs > 1 else ()
    command = [sys.executable, "-m", *module, *TRAIN, *threads, "--out", str(folder)]
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def _images(folder: Path) -> int:
    status = read_status(folder)
    return status.images if status is not None else 0


def _wait_for_updates(folder: Path, process: subprocess.Popen[bytes]) -> None:
    while _images(folder) < 64:
        if process.poll() is not None:
            raise SystemExit(f"the run ended by itself: {process.returncode}")
        time.sleep(0.2)


def main() -> None:
    """Print a line for no, one and three runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--explore", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.explore:
        explore(options.explore)
        return
    print(machine())
    for runs, words in ((0, "alone"), (1, "beside one run"), (3, "beside three runs")):
        found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
        for _ in range(options.rounds):
            for ours in (True, False):
                found[ours].append(measure(runs, ours, options.seconds))
        (steps, images), (plain_steps, plain_images) = (
            tuple(statistics.median(each) for each in zip(*found[ours], strict=True)) for ours in (True, False)
        )
        trained = f"; trained meanwhile {images:.0f} images/s, plain {plain_images:.0f}" if runs else ""
        print(f"{words}: {steps:.0f} image steps/s, plain {plain_steps:.0f}, ratio of times {plain_steps / steps:.2f}{trained}")


if __name__ == "__main__":
    main()

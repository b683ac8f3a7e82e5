"""What every benchmark does: time two ways of the same thing in turns, and say on what."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer import __version__
from explorer.checkpoints.files import file_sha256
from explorer.checkpoints.locate import locate
from explorer.engine.chain.messages import LaneKey
from explorer.recipe import Lane, Sampler


@dataclass(frozen=True)
class Compared:
    """Median seconds of ours and of the peer."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """Below 1 ours is faster."""
        return self.ours / self.peer


def compare(ours: Callable[[int], object], peer: Callable[[int], object], rounds: int, warm_up: int = 3) -> Compared:
    """Call both in turns, so that load on the machine falls on both alike; the argument is the round."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(-warm_up, rounds):
        for function, kept in zip((ours, peer), times, strict=True):
            begin = time.perf_counter()
            function(turn % rounds)
            if turn >= 0:
                kept.append(time.perf_counter() - begin)
    return Compared(statistics.median(times[0]), statistics.median(times[1]))


def machine() -> str:
    """CPU, cores, system, versions and the load while measuring."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{_cpu()}, {os.cpu_count()} cores; {platform.platform(terse=True)}; Python {platform.python_version()}, "
        f"torch {torch.__version__} with {torch.get_num_threads()} threads; Generative Explorer {__version__}; load {load}"
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def lane_of(name: str, sampler: Sampler) -> Lane:
    """Lane of a shipped checkpoint."""
    path = locate(name)
    return Lane(file_sha256(path), str(path), None, sampler)


def key_of(name: str, sampler: Sampler, samples: int, seed: int = 0) -> LaneKey:
    """Key of a shipped checkpoint's lane."""
    return LaneKey(lane_of(name, sampler), seed, samples)

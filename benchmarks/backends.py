"""Backends: every way to run a network, at each size of batch, against the module called by PyTorch in float32.

Usage: python benchmarks/backends.py [--checkpoint mnist-ddpm-c] [--samples 1 16 48] [--rounds 7] [--diffusers]

All ways take turns in one run, so that load on the machine falls on all alike; a figure is the median over turns of plain PyTorch's
seconds by the way's: above 1 it is faster. "CPU" is the same of processor time, of all threads. "Error" is that of one evaluation,
relative, the largest of t = 1, 500 and 1000. "Ready" is the time until the first output. With --diffusers the network is a
UNet2DModel in memory, with random weights, in the place of a checkpoint's, where diffusers is installed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import torch
from common import machine
from torch import Tensor, nn

from explorer import backends
from explorer.backends import TORCH
from explorer.checkpoints.files import load
from explorer.checkpoints.locate import locate
from explorer.diffusion.predictor import Run
from explorer.memory import keep_freed_memory

CPU = torch.device("cpu")


class Wrapped(nn.Module):
    """A UNet2DModel as a Denoiser."""

    def __init__(self) -> None:
        super().__init__()
        from diffusers import UNet2DModel

        torch.manual_seed(0)
        made: Any = UNet2DModel(  # of what its types say, diffusers leaves out that it is a module
            sample_size=28, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(32, 64, 128), norm_num_groups=8,
            down_block_types=("DownBlock2D",) * 3, up_block_types=("UpBlock2D",) * 3, add_attention=False,
        )  # fmt: skip
        self.inner: nn.Module = made.eval()

    def accepts(self, shape: tuple[int, int, int]) -> bool:
        """Grey images whose sides halve twice."""
        return shape[0] == 1 and not any(side % 4 for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """The model's output; diffusers counts from 0."""
        return self.inner(x_t, t - 1, return_dict=False)[0]


def ways(network: nn.Module) -> dict[str, Run]:
    """Everything that offers itself here, made ready as far as that needs no input."""
    found: dict[str, Run] = {}
    for backend in backends.BACKENDS:
        runs = network if backend.supports(network) else getattr(network, "inner", network)  # the kernel knows diffusers' own class
        for precision in backend.offers(CPU) if backend.supports(runs) else ():
            run = backend.prepare(runs, CPU, precision)
            found[f"{backend.name}/{precision}"] = run if runs is network else counted_from_0(run)
    return found


def counted_from_0(run: Run) -> Run:
    """As diffusers counts timesteps."""
    return lambda x_t, t: run(x_t, t - 1)


def error(run: Run, plain: Run, x: Tensor) -> float:
    """Relative, the largest over three timesteps."""
    errors = []
    for t in (1, 500, 1000):
        times = torch.full((len(x),), t)
        known = plain(x, times)
        errors.append(float((run(x, times) - known).norm() / known.norm()))
    return max(errors)


@torch.inference_mode()
def main() -> None:
    """Print one line for each way and size of batch."""
    keep_freed_memory()
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", default="mnist-ddpm-c")
    parser.add_argument("--samples", type=int, nargs="+", default=[1, 16, 48])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--diffusers", action="store_true")
    options = parser.parse_args()
    network = Wrapped() if options.diffusers else load(locate(options.checkpoint)).network
    print(machine())
    for samples in options.samples:
        x, times = torch.randn(samples, 1, 28, 28), torch.full((samples,), 500)
        found, ready = ways(network), {}
        plain = found[f"{TORCH.name}/{TORCH.precisions[0]}"]
        errors = {}
        for name, run in list(found.items()):
            begin = time.perf_counter()
            try:
                run(x, times)
            except Exception as problem:
                print(f"N = {samples}: {name} cannot: {problem}")
                del found[name]
                continue
            ready[name], errors[name] = time.perf_counter() - begin, error(run, plain, x)
        wall: dict[str, list[float]] = {name: [] for name in found}
        busy: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(options.rounds):
            for name, run in found.items():
                run(x, times)
                begin, used = time.perf_counter(), time.process_time()
                run(x, times)
                wall[name].append(time.perf_counter() - begin)
                busy[name].append(time.process_time() - used)
        first = next(iter(found))
        for name in found:
            faster = statistics.median(a / b for a, b in zip(wall[first], wall[name], strict=True))
            cheaper = statistics.median(a / max(b, 1e-9) for a, b in zip(busy[first], busy[name], strict=True))
            print(
                f"N = {samples}: {name} {statistics.median(wall[name]) * 1e3:.1f} ms, {faster:.2f} times plain PyTorch, CPU {cheaper:.2f}; "
                f"error {errors[name]:.0e}; ready in {ready[name]:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()

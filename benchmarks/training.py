"""Training: the app's loop (Fabric, averaged weights, curves, cards) against a plain torch loop and diffusers' loop.

Usage: python benchmarks/training.py [--updates 20] [--batch 16] [--rounds 5] [--threads 1]

All train under Option C with AdamW, clipped gradients and averaged weights, in the same arithmetic on the same data, in
turns. "plain loop" and "diffusers' loop" train the app's own U-Net, so that the networks cost the same and the loops
alone differ; diffusers' loop is that of its examples (DDPMScheduler, EMAModel, get_cosine_schedule_with_warmup, a
DataLoader), without Accelerate where that is not installed. "diffusers' network" trains a UNet2DModel as near in cost
as its settings allow; the cost of each network is printed. Where diffusers is not installed, that is said.
Timed is from update 10 on: starting, and the files at an epoch's end, are no part of it.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import torch
from common import machine
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.flop_counter import FlopCounterMode

from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.recipe.training import TrainSettings
from explorer.training.ddpm import DdpmTask
from explorer.training.loop import train

Epoch = Callable[[], Iterator[int]]
"""Trains, and yields how many updates are done: after update 10, and after the last one."""

T = 1000
FIRST = 10


def own_network(data: ImageSet) -> nn.Module:
    """The U-Net of the shipped DDPMs."""
    return DdpmTask(data, Option.C, linear(T)).network


def ours(data: ImageSet, batch: int, folder: Path) -> Epoch:
    """One epoch of the app's loop."""
    number = count()

    def run() -> Iterator[int]:
        settings = TrainSettings(out=folder / str(next(number)), epochs=1, batch=batch, device="cpu", save_seconds=1e9)
        for line in train(lambda: DdpmTask(data, Option.C, linear(T)), data, settings):
            yield line.step

    return run


def by_hand(data: ImageSet, batch: int) -> Epoch:
    """Algorithm 1 as one would write it by hand, with averaged weights."""
    images, alpha_bar = torch.tensor(data.images), linear(T).alpha_bar

    def run() -> Iterator[int]:
        network = own_network(data)
        optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
        average = copy.deepcopy(network)
        for step, chosen in enumerate(torch.randperm(len(images)).split(batch), 1):
            x0 = images[chosen].float() / 127.5 - 1
            t, eps = torch.randint(1, T + 1, (len(x0),)), torch.randn_like(x0)
            level = alpha_bar[t].float()[:, None, None, None]
            loss = F.mse_loss(network(level.sqrt() * x0 + (1 - level).sqrt() * eps, t), eps)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 0.001)
            yield step

    return run


def diffusers_network() -> nn.Module:
    """A UNet2DModel of about the cost of ours: three levels, group norms of 8."""
    from diffusers import UNet2DModel

    made: Any = UNet2DModel(  # of what its types say, diffusers leaves out that it is a module
        sample_size=28, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(32, 64, 128), norm_num_groups=8,
        down_block_types=("DownBlock2D",) * 3, up_block_types=("UpBlock2D",) * 3, add_attention=False,
    )  # fmt: skip
    network: nn.Module = made
    return network


def with_diffusers(data: ImageSet, batch: int, make: Callable[[], nn.Module]) -> Epoch:
    """The loop of diffusers' examples."""
    from diffusers import DDPMScheduler
    from diffusers.optimization import get_cosine_schedule_with_warmup
    from diffusers.training_utils import EMAModel

    images = torch.tensor(data.images)

    def run() -> Iterator[int]:
        network = make()
        scheduler: Any = DDPMScheduler(T)
        average = EMAModel(network.parameters(), decay=0.999)
        optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
        loader = DataLoader(TensorDataset(images), batch, shuffle=True)
        rate = get_cosine_schedule_with_warmup(optimizer, 500, len(loader))
        for step, (pixels,) in enumerate(loader, 1):
            x0 = pixels.float() / 127.5 - 1
            t, eps = torch.randint(0, T, (len(x0),)), torch.randn_like(x0)
            output = network(scheduler.add_noise(x0, eps, t), t)
            loss = F.mse_loss(output if isinstance(output, Tensor) else output.sample, eps)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
            average.step(network.parameters())
            yield step

    return run


def cost(network: nn.Module) -> str:
    """Parameters, and operations of one image forward."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 1, 28, 28), torch.ones(1, dtype=torch.long))
    parameters = sum(p.numel() for p in network.parameters())
    return f"{parameters:,} parameters, {counter.get_total_flops() / 1e6:.0f} MFLOP an image"


def _spent(steps: Iterator[int], updates: int) -> tuple[float, float]:
    """Seconds on the wall and of the processor from update 10 to the last."""
    next(step for step in steps if step >= FIRST)
    wall, own = time.perf_counter(), time.process_time()
    next(step for step in steps if step >= updates)
    spent = time.perf_counter() - wall, time.process_time() - own
    steps.close()  # type: ignore[attr-defined]
    return spent


def timed(contestants: dict[str, Epoch], updates: int, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds on the wall and of the processor of each, in turns; who begins changes from round to round."""
    names = list(contestants)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(-1, rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            spent = _spent(contestants[name](), updates)
            if turn >= 0:  # the one before is to warm up
                found[name].append(spent)
    return found


def main() -> None:
    """Print images a second of each, and the ratios with their spread over the rounds."""
    parser = argparse.ArgumentParser()
    for name, usual in (("updates", 20), ("batch", 16), ("rounds", 5), ("threads", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(machine())
    whole = load_images("mnist")
    assert whole.labels is not None
    images = options.updates * options.batch
    data = replace(whole, images=whole.images[:images], labels=whole.labels[:images])
    print(f"the app's network: {cost(own_network(data))}")
    with tempfile.TemporaryDirectory() as folder:
        contestants = {"ours": ours(data, options.batch, Path(folder)), "plain loop": by_hand(data, options.batch)}
        try:
            print(f"diffusers' network: {cost(diffusers_network())}")
            contestants["diffusers' loop"] = with_diffusers(data, options.batch, lambda: own_network(data))
            contestants["diffusers' network"] = with_diffusers(data, options.batch, diffusers_network)
        except ImportError:
            print("diffusers: not installed here, not measured")
        found = timed(contestants, options.updates, options.rounds)
    for name, times in found.items():
        speed = (options.updates - FIRST) * options.batch / statistics.median(wall for wall, _ in times)
        print(f"{name}: {speed:.1f} images/s" + ("" if name == "ours" else f", ratio {_ratios(found['ours'], times)}"))
    print(f"batches of {options.batch}, {options.updates} updates, {options.rounds} rounds")


def _ratios(mine: list[tuple[float, float]], its: list[tuple[float, float]]) -> str:
    wall, own = (sorted(a[i] / b[i] for a, b in zip(mine, its, strict=True)) for i in range(2))
    return (
        f"{statistics.median(wall):.2f} ({wall[0]:.2f} to {wall[-1]:.2f}) of times, "
        f"{statistics.median(own):.2f} ({own[0]:.2f} to {own[-1]:.2f}) of processor times"
    )


if __name__ == "__main__":
    main()

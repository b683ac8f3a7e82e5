"""Training: the app's loop (Fabric, averaged weights, curves, cards) against a plain torch loop over the same network.

Usage: python benchmarks/training.py [--updates 12] [--batch 64]

Both train the U-Net of the shipped DDPMs under Option C with AdamW, clipped gradients and averaged weights, in the
same arithmetic on the same data. Where diffusers is installed, its training loop (UNet2DModel, DDPMScheduler, EMAModel)
runs beside them, its network as near in parameters as its settings allow.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import torch
from common import compare, machine
from torch.nn import functional as F

from explorer.datasets.images import ImageSet, load_images
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import linear
from explorer.training.ddpm import DdpmTask
from explorer.training.loop import train
from explorer.training.settings import TrainSettings


def plain_loop(network: torch.nn.Module, images: torch.Tensor, alpha_bar: torch.Tensor, batch: int) -> None:
    """Algorithm 1 as one would write it by hand, with averaged weights."""
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    average = copy.deepcopy(network)
    for chosen in torch.randperm(len(images)).split(batch):
        x0 = images[chosen].float() / 127.5 - 1
        t, eps = torch.randint(1, 1001, (len(x0),)), torch.randn_like(x0)
        level = alpha_bar[t].float()[:, None, None, None]
        loss = F.mse_loss(network(level.sqrt() * x0 + (1 - level).sqrt() * eps, t), eps)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 0.001)


def ours(data: ImageSet, batch: int, folder: Path) -> Callable[[int], None]:
    """Time one epoch of the app's loop."""
    number = count()

    def run(turn: int) -> None:
        settings = TrainSettings("mnist", folder / str(next(number)), 1, batch=batch, device="cpu", save_seconds=1e9)
        for line in train(lambda: DdpmTask(data, Option.C, linear(1000)), data, settings):
            assert line.step

    return run


def by_hand(data: ImageSet, batch: int) -> Callable[[int], None]:
    """The plain loop over the same network."""
    images, alpha_bar = torch.from_numpy(data.images), linear(1000).alpha_bar

    def run(turn: int) -> None:
        plain_loop(DdpmTask(data, Option.C, linear(1000)).network, images, alpha_bar, batch)

    return run


def with_diffusers(data: ImageSet, batch: int) -> Callable[[int], None] | None:
    """A training loop of diffusers; None where it is not installed."""
    try:
        from diffusers import DDPMScheduler, UNet2DModel
        from diffusers.training_utils import EMAModel
    except ImportError:
        return None
    images = torch.from_numpy(data.images)

    def run(turn: int) -> None:
        network = UNet2DModel(
            sample_size=28, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(32, 64, 128), norm_num_groups=8,
            down_block_types=("DownBlock2D",) * 3, up_block_types=("UpBlock2D",) * 3, add_attention=False,
        )  # fmt: skip
        scheduler, average = DDPMScheduler(1000), EMAModel(network.parameters(), decay=0.999)
        optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
        for chosen in torch.randperm(len(images)).split(batch):
            x0 = images[chosen].float() / 127.5 - 1
            t, eps = torch.randint(0, 1000, (len(x0),)), torch.randn_like(x0)
            loss = F.mse_loss(network(scheduler.add_noise(x0, eps, t), t).sample, eps)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            average.step(network.parameters())

    return run


def main() -> None:
    """Print images a second of each, and the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, default=12)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    whole = load_images("mnist")
    assert whole.labels is not None
    images = options.updates * options.batch
    data = replace(whole, images=whole.images[:images], labels=whole.labels[:images])
    peers = {"plain loop": by_hand(data, options.batch), "diffusers": with_diffusers(data, options.batch)}
    for name, peer in peers.items():
        if peer is None:
            print(f"{name}: not installed here, not measured")
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = compare(ours(data, options.batch, Path(folder)), peer, options.rounds, warm_up=1)
        print(f"training, batches of {options.batch}: ours {images / found.ours:.0f} images/s, {name} {images / found.peer:.0f}, "
              f"ratio of times {found.ratio:.2f}")  # fmt: skip
    print(machine())


if __name__ == "__main__":
    main()

"""The native kernel against PyTorch's eager float32, a shipped network or one of diffusers: speed and error of an evaluation."""

from __future__ import annotations

from explorer.processors import sleep_rather_than_spin

sleep_rather_than_spin()  # as the app does; of effect before torch is loaded

import argparse  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import torch  # noqa: E402
from common import compare, machine  # noqa: E402

from explorer.backends.native import Native  # noqa: E402
from explorer.checkpoints.files import load  # noqa: E402
from explorer.checkpoints.locate import locate  # noqa: E402


def main() -> None:
    """Print how many times faster each arithmetic is, in turns with the module on as many threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", default="mnist-ddpm-c")
    parser.add_argument("--diffusers", action="store_true", help="a UNet2DModel of about its cost instead, of random weights")
    parser.add_argument("--samples", type=int, nargs="+", default=[1, 16, 48])
    parser.add_argument("--evaluations", type=int, default=600, help="of one image, for each way and size of batch")
    options = parser.parse_args()
    kernel, network = Native(), of_diffusers() if options.diffusers else load(locate(options.checkpoint)).network
    network.eval()
    eager = (lambda x_t, t: network(x_t, t).sample) if options.diffusers else network
    print(machine(), kernel.describe(torch.device("cpu")), sep="; ")
    runs = {precision: kernel.prepare(network, torch.device("cpu"), precision) for precision in kernel.offers(torch.device("cpu"))}
    with torch.inference_mode():
        for samples in options.samples:
            for precision, run in runs.items():
                print(f"N = {samples}, {precision}: {line(run, eager, samples, options.evaluations)}")


def of_diffusers() -> torch.nn.Module:
    """Three levels, one layer each, group norms of 8."""
    from diffusers import UNet2DModel

    made: Any = UNet2DModel(
        sample_size=28, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(32, 64, 128), norm_num_groups=8,
        down_block_types=("DownBlock2D",) * 3, up_block_types=("UpBlock2D",) * 3, add_attention=False,
    )  # fmt: skip
    network: torch.nn.Module = made  # of what its types say, diffusers leaves out that it is one
    return network


def line(run: Callable, eager: Callable, samples: int, evaluations: int) -> str:
    """One way at one size of batch, in words."""
    x_t = torch.randn(samples, 1, 28, 28)
    steps = [torch.full((samples,), t) for t in (1, 300, 700, 999)]
    found = compare(lambda turn: run(x_t, steps[turn % 4]), lambda turn: eager(x_t, steps[turn % 4]), max(8, evaluations // samples))
    errors = [float((run(x_t, t) - (known := eager(x_t, t))).norm() / known.norm()) for t in steps]
    return (
        f"{samples / found.ours:.0f} images/s, eager float32 {samples / found.peer:.0f}, {1 / found.ratio:.2f} times as fast; "
        f"largest relative error {max(errors):.1e}"
    )


if __name__ == "__main__":
    main()

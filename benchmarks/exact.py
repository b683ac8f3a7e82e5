"""The exact process: one step over MNIST's 60,000 training images, 16 samples, against torch.cdist.

Ours weighs all images (log-softmax, the nearest again in float64), takes their mean and the entropy, and draws. The peer is
torch.cdist in float32, its softmax and the mean as a second matrix product: the same mean, less exactly. "Error" is that of
the weights, the largest over samples and images, from the formula in float64.

Usage: python benchmarks/exact.py
"""

from __future__ import annotations

import argparse
import math

import torch
from common import compare, machine

from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.noise import shared_noise, shared_uniforms
from explorer.diffusion.schedule import linear

SAMPLES = 16


def weights_by_cdist(x_t: torch.Tensor, images: torch.Tensor, alpha_bar: float) -> torch.Tensor:
    """w_i(x_t), shape (N, n), in the dtype of the images."""
    squares = alpha_bar * torch.cdist(x_t / math.sqrt(alpha_bar), images) ** 2
    return torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=1)


def exactly(x_t: torch.Tensor, images: torch.Tensor, alpha_bar: float) -> torch.Tensor:
    """The same, float64, no square expanded."""
    rows = []
    for x in x_t.double():
        squares = torch.cat([(x - math.sqrt(alpha_bar) * part.double()).square().sum(1) for part in images.split(5000)])
        rows.append(torch.softmax(-squares / (2 * (1 - alpha_bar)), dim=0))
    return torch.stack(rows)


@torch.inference_mode()
def main() -> None:
    """Print one line for each timestep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    images = torch.from_numpy(to_unit_range(mnist()[0]))
    data, flat, levels = EmpiricalData(images), images.flatten(1), linear().alpha_bar.tolist()
    print(machine())
    for t in (1, 100, 500, 1000):
        noise, uniforms = shared_noise(0, range(SAMPLES), t, data.image_shape), shared_uniforms(0, range(SAMPLES), t)
        x_t = math.sqrt(levels[t]) * images[:SAMPLES] + math.sqrt(1 - levels[t]) * noise

        rows = x_t.flatten(1)

        def ours(turn: int, x_t: torch.Tensor = x_t, level: float = levels[t], uniforms: torch.Tensor = uniforms) -> None:
            data.posterior(x_t, level, uniforms)

        def peer(turn: int, x_t: torch.Tensor = rows, level: float = levels[t]) -> None:
            weights_by_cdist(x_t, flat, level) @ flat

        found = compare(ours, peer, options.rounds)
        known = exactly(rows, flat, levels[t])
        both = (data.log_weights(x_t, levels[t]).exp(), weights_by_cdist(rows, flat, levels[t]))
        errors = [float((w.double() - known).abs().max()) for w in both]
        print(
            f"t = {t}: ours {found.ours * 1e3:.0f} ms, cdist {found.peer * 1e3:.0f} ms, ratio {found.ratio:.2f}; "
            f"error {errors[0]:.0e}, of cdist {errors[1]:.0e}"
        )


if __name__ == "__main__":
    main()

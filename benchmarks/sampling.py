"""Sampling: the app's chain (frames kept, curves, progress) against a bare torch loop over the same network.

Usage: python benchmarks/sampling.py [--samples 16] [--steps 50]

Both run the same network in the same arithmetic on the same device, and draw the same noise.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import pairwise

import torch
from common import compare, key_of, machine

from explorer.diffusion.noise import shared_noise
from explorer.diffusion.predictor import NetworkPredictor
from explorer.engine.chain.messages import SampleChain
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine
from explorer.recipe import ChainRecipe, Lane, Sampler


def bare_loop(engine: Engine, lane: Lane, steps: int, samples: int, seed: int) -> torch.Tensor:
    """DDPM sampling as one would write it by hand for Option C."""
    predictor = engine.of(Models).predictor(lane)
    assert isinstance(predictor, NetworkPredictor)
    alpha_bar = predictor.schedule.alpha_bar.tolist()
    taus = [round(predictor.schedule.T * k / steps) for k in range(steps, -1, -1)]
    device = engine.of(Models).device
    with torch.inference_mode():
        x = shared_noise(seed, range(samples), 0, (1, 28, 28), device)
        for t, s in pairwise(taus):
            eps = predictor.run_at(t)(x, torch.full((samples,), t, device=device)).float()
            alpha = alpha_bar[t] / alpha_bar[s]
            x = (x - (1 - alpha) / (1 - alpha_bar[t]) ** 0.5 * eps) / alpha**0.5
            if s:
                sigma = ((1 - alpha_bar[s]) * (1 - alpha) / (1 - alpha_bar[t])) ** 0.5
                x = x + sigma * shared_noise(seed, range(samples), t, (1, 28, 28), device)
    return x


def main() -> None:
    """Print the throughput of both and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    engine = Engine()
    list(engine.handle(StartEngine()))
    key = key_of("mnist-ddpm-c", Sampler(steps=options.steps), options.samples)

    def ours(turn: int) -> None:
        list(engine.handle(SampleChain(ChainRecipe((key.lane,), turn + 100, options.samples))))

    def peer(turn: int) -> None:
        bare_loop(engine, key.lane, options.steps, options.samples, turn + 100)

    # every round has a seed of its own: a lane that is already computed would be kept
    found = compare(_numbered(ours), _numbered(peer), options.rounds, warm_up=1)
    work = options.samples * options.steps
    print(machine())
    print(
        f"sampling {options.samples} x {options.steps}: engine {work / found.ours:.0f} image steps/s, "
        f"bare loop {work / found.peer:.0f}, overhead ratio {found.ratio:.2f}"
    )


def _numbered(function: Callable[[int], None]) -> Callable[[int], None]:
    count = iter(range(1_000_000))
    return lambda turn: function(next(count))


if __name__ == "__main__":
    main()

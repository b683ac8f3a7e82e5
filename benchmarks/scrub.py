"""Scrubbing: a frame of a computed chain by the engine, against a plain numpy and Pillow loop over a kept array.

Usage: python benchmarks/scrub.py [--samples 16] [--steps 250]

The peer holds the whole chain as one array and makes grey uint8 pictures of x_t, whatever the engine is asked for:
clip, scale, to bytes, to RGB. The engine also derives eps_hat from what it keeps, maps eps_hat and z to colours, and
makes z anew.
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np
from common import compare, key_of, machine
from PIL import Image

from explorer.engine.chain.messages import SampleChain, ShowStep, StepShown
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import StartEngine
from explorer.recipe import ChainRecipe, Sampler


def main() -> None:
    """Print one line for each quantity."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    engine = Engine()
    list(engine.handle(StartEngine()))
    key = key_of("mnist-ddpm-c", Sampler(steps=options.steps), options.samples)
    list(engine.handle(SampleChain(ChainRecipe((key.lane,), key.seed, key.samples))))
    timesteps = [round(1000 * k / options.steps) for k in range(options.steps, -1, -1)]

    def show(turn: int, quantity: str) -> StepShown:
        (shown,) = engine.handle(ShowStep((key,), timesteps[turn % len(timesteps)], quantity))
        assert isinstance(shown, StepShown)
        return shown

    states = np.stack([show(k, "x_t").frames[0].values for k in range(len(timesteps))])

    def peer(turn: int) -> list[Image.Image]:
        x = states[turn % len(states)]
        grey = np.rint((np.clip(x, -1, 1) + 1) * 127.5).astype(np.uint8)
        return [Image.fromarray(image[0]).convert("RGB") for image in grey]

    print(machine())
    for quantity in ("x_t", "x0_hat", "eps_hat", "z"):
        found = compare(partial(show, quantity=quantity), peer, options.rounds)
        print(f"scrub {quantity}: engine {found.ours * 1e3:.3f} ms, numpy and Pillow {found.peer * 1e3:.3f} ms, ratio {found.ratio:.2f}")


if __name__ == "__main__":
    main()

"""How long the small network of Forward's Two dimensions learns, and how near it comes to the exact process.

For each option: seconds and processor seconds of all updates, and the energy distance from q(x_0) of its particles, by DDPM and by the
ODE, beside those of the exact process from the same x_T. Under 20 seconds on two processors is the promise; the processor that it runs
on is printed with it.

Usage: python benchmarks/two_dimensions.py [SHAPE] [OPTIONS]
"""

from __future__ import annotations

import sys
import time

import torch
from common import machine

from explorer.engine.desk import Desk
from explorer.engine.forward.chain2d import learn, walk_chain
from explorer.engine.forward.chain2d_messages import Chain2DWalked, Learn2D, Learning2D, WalkChain2D
from explorer.recipe.chain2d import COUNTS, Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardSchedule


def main(shape: str = "moons", options: str = "ABCV") -> None:
    """Print one line for each option."""
    points, schedule, walk = Points2D(shape, COUNTS[shape]), ForwardSchedule(), Walk2D("both")  # type: ignore[arg-type, index]
    print(machine())
    print(f"{shape}, {points.count} points")
    with torch.inference_mode():
        *_, exact = walk_chain(WalkChain2D(points, schedule, 0, walk), Desk())
        assert isinstance(exact, Chain2DWalked)
        print("exact     ", said(exact))
        for option in options:
            desk, network = Desk(), Learn2D(points, schedule, 0, Network2D(option))  # type: ignore[arg-type]
            began, worked = time.monotonic(), time.process_time()
            *_, told = learn(network, desk)
            seconds, processor = time.monotonic() - began, time.process_time() - worked
            assert isinstance(told, Learning2D)
            *_, walked = walk_chain(WalkChain2D(points, schedule, 0, walk, network), desk)
            assert isinstance(walked, Chain2DWalked)
            print(f"Option {option}  {said(walked)}  error of eps_hat {float(told.errors[:, 1].mean()):.3f}", end="  ")
            print(f"{told.updates} updates: {seconds:.1f} s, {processor:.1f} s of a processor")


def said(walked: Chain2DWalked) -> str:
    """Energy distances."""
    return "  ".join(f"{name} {value:+.4f}" for name, value in walked.apart.items())


if __name__ == "__main__":
    main(*sys.argv[1:])

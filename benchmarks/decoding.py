"""Decoding: one code of the latent plane by the engine, against the bare decoder.

Usage: python benchmarks/decoding.py
"""

from __future__ import annotations

import argparse

import torch
from common import compare, machine

from explorer.checkpoints.locate import locate
from explorer.engine.engine import Engine
from explorer.engine.latent.messages import DecodeCodes
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine


def main() -> None:
    """Print one line for each model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    engine = Engine()
    list(engine.handle(StartEngine()))
    print(machine())
    for name in ("mnist-vae-2d", "mnist-ae-2d"):
        path = str(locate(name))
        model = engine.of(Models).checkpoint(path).network

        def ours(turn: int, path: str = path) -> None:
            list(engine.handle(DecodeCodes(path, ((turn / 100, -turn / 100),))))

        def peer(turn: int, model: torch.nn.Module = model) -> None:
            with torch.inference_mode():
                model.decode(torch.tensor([[turn / 100, -turn / 100]], device=engine.of(Models).device)).cpu().numpy()  # type: ignore[operator]

        found = compare(ours, peer, options.rounds)
        print(f"decode {name}: engine {found.ours * 1e3:.3f} ms, bare decoder {found.peer * 1e3:.3f} ms, ratio {found.ratio:.2f}")


if __name__ == "__main__":
    main()

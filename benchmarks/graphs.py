"""Graphs: a network exported to ONNX, run as a lane runs it (OpenVINO, else ONNX Runtime), against the same network by PyTorch in float32.

Usage: python benchmarks/graphs.py
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch
from common import compare, machine

from explorer import sources
from explorer.checkpoints.locate import locate
from explorer.model_exports import onnx_graph

NAME = "mnist-ddpm-c"


def main() -> None:
    """Print one line for each size of batch."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    print(machine())
    checkpoint = sources.open(locate(NAME))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{NAME}.onnx"
        onnx_graph.write(checkpoint, path)
        graph = sources.open(path).network
        for count in (1, 4, 16):
            x, t = torch.randn(count, *checkpoint.card.data.shape), torch.full((count,), 500)
            with torch.inference_mode():
                found = compare(lambda _, x=x, t=t: graph(x, t), lambda _, x=x, t=t: checkpoint.network(x, t), options.rounds)  # type: ignore[misc]
            times = f"graph {found.ours * 1e3:.1f} ms, PyTorch {found.peer * 1e3:.1f} ms"
            print(f"{NAME}, {count} at once by {graph.run_by}: {times}, ratio {found.ratio:.2f}")


if __name__ == "__main__":
    main()

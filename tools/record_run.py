"""Keep a finished run with the shipped checkpoint that it made, so that Training shows it: its words and its curve, small.

    python tools/record_run.py runs/vae mnist-vae-2d

The run must have made that checkpoint: its last weights are compared with the shipped ones.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import msgspec
import numpy as np
from safetensors.numpy import load_file

from explorer.checkpoints.snapshots import FINAL_NAME
from explorer.resources import resource
from explorer.training.control import read_status, write_status
from explorer.training.curves import CURVE_NAME

ROWS = 700
"""Of the curve that is kept: as many as a wide window has pixels for."""


def main(run: Path, name: str) -> None:
    """Compare, then write run.json and the curve into the shipped checkpoint's folder."""
    folder, status = resource("checkpoints", name), read_status(run)
    if status is None or status.phase != "finished":
        sys.exit(f"{run}: holds no finished run")
    made, shipped = load_file(run / FINAL_NAME), load_file(folder.with_suffix(".safetensors"))
    if made.keys() != shipped.keys() or not all(np.array_equal(made[key], shipped[key]) for key in made):
        sys.exit(f"{run}: its last weights are not those of {name}")
    write_status(folder, msgspec.structs.replace(status, pid=0, started=0.0, updated=0.0, started_in="", process=None))
    with open(run / CURVE_NAME, newline="", encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    every = max(1, len(rows) // ROWS)
    with open(folder / CURVE_NAME, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows[every - 1 :: every]])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

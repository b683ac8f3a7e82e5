"""Is Option C the best? A, B, C and V, plain and with the linear skip, trained anew from three seeds: one command, one page.

Every network has the same budget (networks.py). What is measured of it is a small file in results/, kept with the sources;
the network itself is thrown away. The command does the next missing network, in the order that tells most, until none is
missing: stopped at any moment and started again it goes on, within a network too. Several may run side by side on networks
of their own (--only).
matplotlib draws the page's figures: `python -m pip install -e ".[dev]"`.

Usage: python benchmarks/which_option/retrained.py [--plan] [--only 'plain-*'] [--at-most 3] [--out runs/which-option]
       [--page docs/which-option-is-best.md] [--report]
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from measure import Ruler, measured
from networks import BUDGET, RESULTS, Network, all_networks, plan_words, result_of

from explorer import __version__
from explorer.memory import keep_freed_memory

ROWS = 10
"""Means of the loss that are kept of a training."""


def trained(network: Network, out: Path) -> None:
    """Train it with the app's own command, from where it was stopped."""
    command = [sys.executable, "-m", "explorer", *network.training(out), "--json", "--resume"]
    with (out.parent / f"{network.name}.log").open("a") as log:
        subprocess.run(command, check=True, stdout=log)


def training_figures(out: Path) -> dict[str, Any]:
    """Loss over the run and what it is where the network says nothing; as `train` noted them."""
    with (out / "loss.csv").open(newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    parts = [losses[len(losses) * i // ROWS : len(losses) * (i + 1) // ROWS] for i in range(ROWS)]
    status = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return {"loss": [float(f"{sum(part) / len(part):.6g}") for part in parts], "loss_scale": float(f"{status['loss_scale']:.6g}")}


def do(network: Network, folder: Path, ruler: Ruler) -> None:
    """Train, sample, measure, write, and throw the weights away."""
    out = folder / network.name
    trained(network, out)
    cells, row = measured(network, out / "final.safetensors", ruler)
    result = {
        "network": asdict(network), "budget": asdict(BUDGET),
        "command": shlex.join(["generative-explorer", *network.training(Path("runs") / network.name)]),
        "version": __version__, "torch": torch.__version__, "judge": ruler.judge.sha256,
        "training": training_figures(out), "cells": cells,
    }  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    row.save(network.path.with_suffix(".png"), optimize=True)
    partial = network.path.with_suffix(".partial")
    partial.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, network.path)
    shutil.rmtree(out)
    print(network.name, *(f"{c['steps']} steps: KID {c['kid']:.1f}, FID_inf {c['fid_infinity']:.1f}" for c in cells), sep="  ", flush=True)


def of_real_images(ruler: Ruler) -> None:
    """What real images have, once."""
    path = RESULTS / "real.json"
    if not path.exists():
        RESULTS.mkdir(exist_ok=True)
        path.write_text(json.dumps({"budget": asdict(BUDGET), **ruler.of_real_images()}, indent=1) + "\n", encoding="utf-8")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--plan", action="store_true", help="say what is missing and what it costs, and do nothing")
    parser.add_argument("--only", default="*", help="networks whose name fits, such as 'plain-*' or '*-seed2'")
    parser.add_argument("--at-most", type=int, help="so many networks, then stop")
    parser.add_argument("--out", type=Path, default=Path("runs/which-option"), help="where networks are while they are trained")
    parser.add_argument("--page", type=Path, help="write what is known into this page, between its markers")
    parser.add_argument("--report", action="store_true", help="train nothing: only say what is known")
    return parser.parse_args()


def main() -> None:
    """Do what is missing, and write the page."""
    asked = arguments()
    print(plan_words(), flush=True)
    if asked.plan:
        return
    if not asked.report:
        torch.set_num_threads(1)
        keep_freed_memory()
        asked.out.mkdir(parents=True, exist_ok=True)
        missing = [n for n in all_networks() if fnmatch.fnmatch(n.name, asked.only) and result_of(n) is None]
        ruler = Ruler.made(asked.out)
        of_real_images(ruler)
        for network in missing[: asked.at_most]:
            do(network, asked.out, ruler)
    if asked.page is not None:
        from retrained_page import write_page  # matplotlib, which a run of hours does not need

        write_page(asked.page)


if __name__ == "__main__":
    main()

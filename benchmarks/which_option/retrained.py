"""Is Option C the best? A, B, C and V, plain and with the linear skip, trained anew from three seeds: one command, one page.

Every network has the same budget (networks.py). What is measured of it is a small file in results/, kept with the sources;
the network itself is thrown away. The command does the next missing network, in the order that tells most, until none is
missing: stopped at any moment and started again it goes on, within a network too. With --workers each network is a task of
Ray on this machine (`[cluster]`), and one that fails ends no other; or several commands run side by side on networks of their
own (--only).
matplotlib draws the page's figures: `python -m pip install -e ".[dev]"`.

Usage: python benchmarks/which_option/retrained.py [--plan] [--only 'plain-*'] [--at-most 3] [--workers 2] [--out runs/which-option]
       [--page docs/which-option-is-best.md] [--report]
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch
from making import Making, make, ruler_of
from measure import Ruler
from networks import BUDGET, RESULTS, all_networks, plan_words, result_of

from explorer.errors import BadInput
from explorer.workers.tasks import done_by


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
    parser.add_argument("--workers", type=int, default=1, help="networks at once, each a task of Ray with one thread")
    parser.add_argument("--out", type=Path, default=Path("runs/which-option"), help="where networks are while they are trained")
    parser.add_argument("--page", type=Path, help="write what is known into this page, between its markers")
    parser.add_argument("--report", action="store_true", help="train nothing: only say what is known")
    asked = parser.parse_args()
    if asked.workers < 1:
        parser.error("--workers is at least 1")
    return asked


def do_missing(asked: argparse.Namespace) -> int:
    """Networks as they come, a line each; how many failed."""
    asked.out.mkdir(parents=True, exist_ok=True)
    missing = [n for n in all_networks() if fnmatch.fnmatch(n.name, asked.only) and result_of(n) is None]
    folder, failed = asked.out.resolve(), 0
    of_real_images(ruler_of(folder))
    workers = max(1, min(asked.workers, len(missing[: asked.at_most])))
    tasks = [Making(network, folder, quiet=workers > 1) for network in missing[: asked.at_most]]
    for done in done_by(make, tasks, workers, lambda task: task.network.name):
        if done.failure:
            failed += 1
            print(f"{done.piece.network.name}: failed: {done.failure}", file=sys.stderr, flush=True)
        else:
            print(done.answer, flush=True)
    return failed


def main() -> int:
    """Do what is missing, and write the page; exit status 2 where a network failed."""
    asked = arguments()
    print(plan_words(), flush=True)
    if asked.plan:
        return 0
    torch.set_num_threads(1)
    try:
        failed = 0 if asked.report else do_missing(asked)
    except BadInput as error:  # Ray is asked for, and missing
        sys.exit(f"{Path(__file__).name}: {error}")
    if asked.page is not None:
        from retrained_page import write_page  # matplotlib, which a run of hours does not need

        write_page(asked.page)
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

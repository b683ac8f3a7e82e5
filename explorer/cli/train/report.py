"""What a run of the terminal tells: a progress bar, or lines of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.training.progress import Progress


def report(progress_lines: Iterable[Progress], as_json: bool) -> bool:
    """Show the lines; whether there were any."""
    told = False
    if as_json:
        for line in progress_lines:
            told = True
            print(json.dumps(_plain(line)), flush=True)
        return told
    from tqdm import tqdm

    bar = None
    try:
        for line in progress_lines:  # a second process of the same run has none
            bar = bar or tqdm(unit="img", unit_scale=True, file=sys.stderr)
            bar.total = line.steps * (line.images // max(1, line.step))
            bar.set_description(f"epoch {line.epoch}")
            bar.set_postfix_str(f"loss {line.loss:.4g}", refresh=False)
            bar.update(line.images - bar.n)
            if line.checkpoint is not None:
                bar.write(f"{line.checkpoint}: loss {line.loss:.4g}", file=sys.stderr)
    finally:
        if bar is not None:
            bar.close()  # before what went wrong is told
    return bar is not None


def _plain(line: Progress) -> dict[str, object]:
    import msgspec

    values: dict[str, object] = msgspec.to_builtins(line, enc_hook=str)
    return values

"""What can be read off the results of retrained.py in words: what is shown, and what is not distinguishable at this size."""

from __future__ import annotations

import math
from collections.abc import Sequence

from comparing import ENOUGH_SEEDS, MEASURES, Measured, Panel
from networks import BUDGET, FAMILIES

from explorer.evaluation.replicates import MOST, Replicates

TITLES = {"plain": "Plain networks, as in the lecture", "linear": "Networks with the linear skip"}
assert TITLES.keys() == FAMILIES.keys()
BEST = "C"
"""Which the lecture says is the best."""


def claim(panel: Panel) -> str:
    """The lecture's claim against each other option of this panel, by both distances."""
    best = next(one for one in panel.options if one.option == BEST)
    parts = [_against(best, other) for other in panel.options if other.option != BEST and len(best.seeds_with(other)) >= ENOUGH_SEEDS]
    return f"**At {panel.steps} steps:** " + "; ".join(parts) + "."


def _against(best: Measured, other: Measured) -> str:
    gaps = [best.against(other, key) for key in MEASURES]
    if all(gap.tells and gap.mean < 0 for gap in gaps):
        return f"{best.option} is nearer to the data than {other.option}"
    if all(gap.tells and gap.mean > 0 for gap in gaps):
        return f"{best.option} is further from the data than {other.option}"
    said = [f"{name} {_lean(gap, best.option, other.option)}" for gap, name in zip(gaps, MEASURES.values(), strict=True)]
    if not any(gap.tells for gap in gaps):
        return f"{best.option} and {other.option} are not distinguishable at this size ({', '.join(said)})"
    return f"{best.option} against {other.option}: {', '.join(said)}"


def _lean(gap: Replicates, best: str, other: str) -> str:
    if gap.tells:
        return f"says that {best if gap.mean < 0 else other} is nearer"
    return f"leaves it open, {with_interval(gap)} times"


def with_interval(figure: Replicates) -> str:
    """What has this logarithm, and its interval."""
    low, high = figure.interval
    return f"{_short(figure.mean)} ({_short(low)} to {_short(high)})"


def _short(logarithm: float) -> str:
    """Three digits of a number; beyond a billion, or below a billionth, its power of ten alone."""
    if abs(logarithm) > math.log(1e9):
        return f"10^{logarithm / math.log(10):.0f}"
    number = math.exp(logarithm)
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def would_tell(gap: Replicates, now: int = BUDGET.samples) -> str:
    """How many more seeds, or samples, would tell, were the difference what it is here; empty where it tells already."""
    if gap.tells:
        return ""
    seeds, samples = gap.seeds_to_tell(), gap.samples_to_tell(now)
    of_seeds = f"over {MOST:,} seeds" if seeds is None else f"{seeds} seeds"
    return f"{of_seeds}; {'no' if samples is None else f'{_round(max(samples, now)):,}'} samples"


def _round(count: int) -> int:
    """Two digits of it, upwards."""
    step = 10 ** max(0, len(str(count)) - 2)
    return -(-count // step) * step


def chance_words(panels: Sequence[Panel]) -> str:
    """How many intervals there are, how many leave zero out, and how many would by chance."""
    gaps = [one.against(other, key) for panel in panels for one, other in panel.pairs() for key in MEASURES]
    told = sum(gap.tells for gap in gaps)
    return f"{told} of {len(gaps)} intervals leave one out, where {0.05 * len(gaps):.1f} are expected to if nothing differs"

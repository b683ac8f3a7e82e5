"""What the results of retrained.py show: figures of each option over seeds, and ratios of every two on the seeds that both have.

Distances are taken by their logarithms: seeds differ in proportion, and those of plain Option A are thousands of times the others'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from networks import CELLS, FAMILIES, LECTURE, Family, all_networks, result_of

from explorer.evaluation.replicates import Replicates, replicates

MEASURES = {"kid": "KID", "fid_infinity": "FID∞"}
"""Distances without bias, as results and people call them."""
ENOUGH_SEEDS = 2


def _log(distances: Any) -> np.ndarray:
    """Of distances without bias, which can fall to zero and below by chance where samples are as good as data (ValueError)."""
    found = np.array(distances, dtype=float)
    if not (found > 0).all():
        raise ValueError(f"a distance of {found.min():g} has no ratio: these networks are too near to the data to be compared so")
    return np.log(found)


@dataclass(frozen=True)
class Measured:
    """Cells of the seeds of one option, in the order of the seeds.

    Attributes
    ----------
    cells : dict from int to dict
        By seed, as in the results.
    """

    option: str
    cells: dict[int, dict[str, Any]]

    def over_seeds(self, key: str) -> Replicates:
        """A figure with its interval; of a distance the logarithm."""
        scale = _log if key in MEASURES else np.array
        return replicates([float(scale(c[key])) for c in self.cells.values()], [scale(c[f"{key}_left_out"]) for c in self.cells.values()])

    def seeds_with(self, other: Measured) -> list[int]:
        """Seeds of both."""
        return [seed for seed in self.cells if seed in other.cells]

    def against(self, other: Measured, key: str) -> Replicates:
        """The logarithm of a distance through that of another option, on the seeds of both: the same initial weights, images and noise."""
        both = [(self.cells[seed], other.cells[seed]) for seed in self.seeds_with(other)]
        without = f"{key}_left_out"
        return replicates([float(_log(a[key]) - _log(b[key])) for a, b in both], [_log(a[without]) - _log(b[without]) for a, b in both])


@dataclass(frozen=True)
class Panel:
    """Options of one family under one sampler."""

    family: Family
    steps: int
    options: tuple[Measured, ...]

    def pairs(self) -> list[tuple[Measured, Measured]]:
        """Every two options with enough seeds in common."""
        return [(a, b) for a, b in combinations(self.options, 2) if len(a.seeds_with(b)) >= ENOUGH_SEEDS]


def panels() -> list[Panel]:
    """All that is known, of families in which each of the lecture's options has enough seeds."""
    found = {network: result for network in all_networks() if (result := result_of(network)) is not None}
    made = []
    for family in FAMILIES:
        for place, kind in enumerate(CELLS):
            by_option: dict[str, dict[int, dict[str, Any]]] = {}
            for network, result in sorted(found.items(), key=lambda item: item[0].seed):
                if network.family == family:
                    by_option.setdefault(network.option, {})[network.seed] = result["cells"][place]
            if all(len(by_option.get(option, {})) >= ENOUGH_SEEDS for option in LECTURE):
                options = tuple(Measured(option, by_option[option]) for option in sorted(by_option))
                made.append(Panel(family, kind.steps, options))
    return made


def seeds_words(panels: Sequence[Panel]) -> str:
    """How many networks the panels rest on."""
    counts = {(panel.family, one.option): len(one.cells) for panel in panels for one in panel.options}
    return f"{sum(counts.values())} of {len(all_networks())} networks"

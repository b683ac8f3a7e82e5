"""The 24 networks that retrained.py trains: which, in which order, on which budget, and what all of it costs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from explorer.evaluation.judge import JUDGE

RESULTS = Path(__file__).parent / "results"
Family = Literal["plain", "linear"]
FAMILIES: dict[Family, str] = {"plain": "--no-outer-skip", "linear": "--linear-skip"}
"""What is added to the network, as `train` is told it: nothing, as in the lecture, or skip(t) x_t."""
LECTURE, FURTHER = ("A", "B", "C"), ("V",)
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Budget:
    """What every network gets, whatever its option.

    Attributes
    ----------
    width, epochs, batch, warmup : int
    learning_rate : float
    images : int
        Training images in an epoch.
    samples : int
        Drawn from a network in each cell.
    blocks : int
        Of neighbouring samples; each is left out once for the intervals.
    """

    width: int = 16
    epochs: int = 1
    batch: int = 32
    warmup: int = 200
    learning_rate: float = 1e-3
    images: int = 60_000
    samples: int = 750
    blocks: int = 15


@dataclass(frozen=True)
class CellKind:
    """How samples are drawn."""

    steps: int
    clip: bool


BUDGET = Budget()
CELLS = (CellKind(50, clip=True), CellKind(250, clip=True))
"""Clipped, as is usual: where x0_hat is taken as it is, chains of plain Option A leave the numbers that there are."""
TRAINED_PER_SECOND, SAMPLED_PER_SECOND, AROUND_SECONDS = 280.0, 1500.0, 15.0
"""Images that are trained on, and image-steps that are sampled, in a second of one core of the reference machine (AMD EPYC with AVX-512);
and seconds for starting, judging and the intervals."""


@dataclass(frozen=True)
class Network:
    """One of them.

    Attributes
    ----------
    family : str
        A key of FAMILIES.
    option : str
        A, B, C or V.
    seed : int
        Of initial weights, order of images, t and eps of the training, and of x_T and z_t of the samples: networks of one seed share
        them all, networks of two seeds nothing.
    """

    family: Family
    option: str
    seed: int

    @property
    def name(self) -> str:
        """Its file's."""
        return f"{self.family}-{self.option}-seed{self.seed}"

    @property
    def path(self) -> Path:
        """Of its result."""
        return RESULTS / f"{self.name}.json"

    def training(self, out: Path) -> list[str]:
        """What follows `generative-explorer`."""
        b = BUDGET
        return [
            "train", "ddpm", "--option", self.option, FAMILIES[self.family], "--width", str(b.width), "--epochs", str(b.epochs),
            "--batch", str(b.batch), "--warmup", str(b.warmup), "--learning-rate", f"{b.learning_rate:g}", "--seed", str(self.seed),
            "--precision", "fp32", "--threads", "1", "--out", str(out),
        ]  # fmt: skip


def all_networks() -> list[Network]:
    """In the order in which they tell most: two seeds of the lecture's options first, plain ones before those with a skip."""
    parts = [(LECTURE, SEEDS[:2]), (LECTURE, SEEDS[2:]), (FURTHER, SEEDS)]
    return [
        Network(family, option, seed) for options, seeds in parts for family in FAMILIES for seed in seeds for option in options
    ]  # fmt: skip


def result_of(network: Network) -> dict[str, Any] | None:
    """What is known of a network; None if it is missing.

    Raises
    ------
    SystemExit
        If it was measured on another budget.
    """
    if not network.path.exists():
        return None
    found: dict[str, Any] = json.loads(network.path.read_text(encoding="utf-8"))
    if found["budget"] != asdict(BUDGET) or [CellKind(cell["steps"], cell["clip"]) for cell in found["cells"]] != list(CELLS):
        raise SystemExit(f"{network.path}: was made on another budget than {BUDGET}, or otherwise sampled: remove it, or set these back")
    return found


def seconds_of_one() -> float:
    """Seconds of one core that a network costs, training and samples."""
    training = BUDGET.epochs * BUDGET.images / TRAINED_PER_SECOND
    return training + sum(cell.steps for cell in CELLS) * BUDGET.samples / SAMPLED_PER_SECOND + AROUND_SECONDS


def plan_words() -> str:
    """What is there, what is missing, and what it will cost."""
    networks = all_networks()
    missing = [network for network in networks if result_of(network) is None]
    each = seconds_of_one()
    cells = ", ".join(f"{cell.steps} steps{' clipped' if cell.clip else ''}" for cell in CELLS)
    lines = [
        f"{len(networks)} networks of width {BUDGET.width}: {BUDGET.epochs} epoch(s) of {BUDGET.images:,} images in batches of "
        f"{BUDGET.batch}, float32, then {BUDGET.samples:,} samples at {cells}, judged by {JUDGE}",
        f"a network: {each / 60:.1f} minutes of one core; all: {len(networks) * each / 3600:.1f} hours of one core, "
        f"{len(networks) * each / 7200:.1f} of two",
        f"there: {len(networks) - len(missing)}; missing: {len(missing)}, {len(missing) * each / 3600:.1f} hours of one core",
    ]  # fmt: skip
    return "\n".join([*lines, *(f"  {network.name}" for network in missing)])

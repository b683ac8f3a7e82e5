"""What an exported picture shows of its chains."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe.chain import MAX_LANES, MAX_SAMPLES, MAX_STEPS, ExactProcess
from explorer.recipe.quantities import QUANTITIES, check_name, own

LayoutName = Literal["lanes", "grid"]


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which state and which quantity a picture is of.

    Attributes
    ----------
    t : int
        The cursor, a timestep of the lane with the longest schedule.
    quantity : str
        A name of the table (`explorer/recipe/quantities.py`).
    reference : int
        For "difference": index of the lane that the others are compared with.
    of : str
        For "difference": whose difference.
    layout : LayoutName
        The samples of each lane on a sheet of their own, or lanes against samples.
    beside : ExactProcess or None
        For "to_ideal": the data set that the ideal denoiser knows.
    samples : tuple of int
        Which samples are drawn, in this order; empty is all.
    """

    t: int = 0
    quantity: str = "x_t"
    reference: int = 0
    of: str = "x_t"
    layout: LayoutName = "lanes"
    beside: ExactProcess | None = None
    samples: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 0 <= self.t <= MAX_STEPS:
            raise ValueError(f"t must be in 0..{MAX_STEPS}, not {self.t}")
        if not 0 <= self.reference < MAX_LANES:
            raise ValueError(f"the reference lane must be in 0..{MAX_LANES - 1}, not {self.reference}")
        if len(self.samples) > MAX_SAMPLES or not all(0 <= sample < MAX_SAMPLES for sample in self.samples):
            raise ValueError(f"samples that are drawn are in 0..{MAX_SAMPLES - 1}")
        check_name(self.quantity, tuple(QUANTITIES))
        check_name(self.of, own())

"""What an exported picture shows of its chains."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe.chain import MAX_LANES, MAX_STEPS

LayoutName = Literal["lanes", "grid"]
ShownQuantity = Literal["x_t", "x0_hat", "eps_hat", "mean", "z", "difference"]


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which state and which quantity a picture is of.

    Attributes
    ----------
    t : int
        The cursor, a timestep of the lane with the longest schedule.
    quantity : ShownQuantity
    reference : int
        For "difference": index of the lane that the others are compared with.
    of : ShownQuantity
        For "difference": whose difference.
    layout : LayoutName
        The samples of each lane on a sheet of their own, or lanes against samples.
    """

    t: int = 0
    quantity: ShownQuantity = "x_t"
    reference: int = 0
    of: ShownQuantity = "x_t"
    layout: LayoutName = "lanes"

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 0 <= self.t <= MAX_STEPS:
            raise ValueError(f"t must be in 0..{MAX_STEPS}, not {self.t}")
        if not 0 <= self.reference < MAX_LANES:
            raise ValueError(f"the reference lane must be in 0..{MAX_LANES - 1}, not {self.reference}")

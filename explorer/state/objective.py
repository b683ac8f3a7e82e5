"""The Objective workspace's part of the session."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe import BoundRecipe
from explorer.recipe.objective import FlowChoice

CurveName = Literal["terms", "running", "error", "excess"]
PanelsName = Literal["together", "stacked", "beside"]


class ObjectiveState(msgspec.Struct, frozen=True):
    """The Objective workspace.

    Attributes
    ----------
    recipe : BoundRecipe
    t : int
        The cursor, at least 1. It moves with those of Reverse chain and Compare.
    curve : CurveName
        L_{t-1}; the bound summed from T down to t; the error of x0_hat; or that error minus the ideal denoiser's.
    panels : PanelsName
        All lanes in one plot, or a plot for each.
    log : bool
        Values on a logarithmic scale.
    log_t : bool
        Timesteps too: the last ones, where most of the bound is, get most of the room.
    selected : int
        Number of the selected image in the strip.
    likelihood : bool
        log p(x) by the probability-flow ODE is measured, too.
    flow : FlowChoice
        How.
    """

    recipe: BoundRecipe = BoundRecipe()
    t: int = 250
    curve: CurveName = "terms"
    panels: PanelsName = "together"
    log: bool = True
    log_t: bool = True
    selected: int = 0
    likelihood: bool = False
    flow: FlowChoice = FlowChoice()

    def __post_init__(self) -> None:
        """Refuse a cursor or a selection that cannot be (ValueError)."""
        if not 1 <= self.t <= 1_000_000:
            raise ValueError(f"the objective's cursor is at least 1, not {self.t}")
        if not 0 <= self.selected < 10_000:
            raise ValueError(f"there is no image number {self.selected} in the objective's strip")

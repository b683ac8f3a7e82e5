"""The Variational workspace's part of the session."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe.variational import MOST_STEPS, VariationalRecipe

VariationalPage = Literal["kl", "inference", "elbo", "ladder"]
Dimensions = Literal["line", "plane"]


class VariationalState(msgspec.Struct, frozen=True):
    """The Variational workspace.

    Attributes
    ----------
    recipe : VariationalRecipe
    page : VariationalPage
    dimensions : Dimensions
        Whether the densities are over a line or a plane.
    step : int
        The cursor along the steps of the fit, 0 where it begins.
    handle : int
        The selected density: 0 is q, k the k-th part of p.
    loop : bool
        Playing starts again at 0.
    drawing : bool
        The drawing pad is open in place of the test images.
    unit : int
        The number of the code that is selected among the terms of the ELBO, from 0.
    same_scale : bool
        Every network of the ladder is seen on the part of the plane where the prior is, wherever its codes are.
    """

    recipe: VariationalRecipe = VariationalRecipe()
    page: VariationalPage = "kl"
    dimensions: Dimensions = "line"
    step: int = 0
    handle: int = 0
    loop: bool = False
    drawing: bool = False
    unit: int = 0
    same_scale: bool = False

    def __post_init__(self) -> None:
        """Refuse a cursor that cannot be (ValueError)."""
        if not (0 <= self.step <= MOST_STEPS and 0 <= self.handle <= 16 and 0 <= self.unit < 2**20):
            raise ValueError(f"the cursor of a fit is in 0..{MOST_STEPS}, not {self.step}, and what is selected is counted from 0")

"""The Forward workspace's part of the session."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe import ForwardRecipe

ForwardPage = Literal["noise", "schedule", "pixels", "posterior", "gaussians", "chain", "plane"]
Layer2D = Literal["density", "points", "arrows", "paths", "particles"]
LAYERS_2D: tuple[Layer2D, ...] = ("density", "points", "arrows", "paths", "particles")


class ForwardState(msgspec.Struct, frozen=True):
    """The Forward workspace.

    Attributes
    ----------
    recipe : ForwardRecipe
    t : int
        The cursor; 0 is the image, T the noise.
    page : ForwardPage
        What is shown of the forward process.
    drawing : bool
        The drawing pad is open in place of the test images.
    loop : bool
        Playing starts again at 0.
    paths : "forward" or "backward"
        Which paths of the one-dimensional chain are drawn.
    layers : tuple of Layer2D
        What is drawn of the two-dimensional chain.
    pen : bool
        The mouse draws points of it; else it moves them.
    learn : bool
        The small network learns them.
    """

    recipe: ForwardRecipe = ForwardRecipe()
    t: int = 250
    page: ForwardPage = "noise"
    drawing: bool = False
    loop: bool = False
    paths: Literal["forward", "backward"] = "forward"
    layers: tuple[Layer2D, ...] = LAYERS_2D
    pen: bool = False
    learn: bool = True

    @property
    def cursor(self) -> int:
        """`t` on the schedule: a session file may have one that is not."""
        return min(max(self.t, 0), self.recipe.schedule.T)

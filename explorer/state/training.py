"""The Training workspace's part of the session."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe.step import StepRecipe
from explorer.recipe.training import TrainRecipe

TrainingPage = Literal["runs", "step"]
CurveShown = Literal["loss", "gradient_norm", "learning_rate"]
Length = Literal["quick", "quarter", "hours", "own"]
MAX_CHOSEN = 4
LAST_LINE = 9
"""Of the longest form of Algorithm 1."""


class TrainingState(msgspec.Struct, frozen=True):
    """The Training workspace.

    Attributes
    ----------
    chosen : tuple of str
        Folders of the runs that are shown together, at most 4.
    folders : tuple of str
        Run folders opened from elsewhere.
    curve : CurveShown
        What is drawn against the updates.
    log : bool
        Values on a logarithmic scale.
    raw : bool
        Draw the values as they were reported behind the smoothed ones.
    snapshot : int or None
        Update whose snapshot is shown; None follows the newest.
    relative : bool
        Divide each run's loss by its scale, so that losses of several units can be read beside each other.
    form : TrainRecipe
        What a new run begins with.
    length : Length
        How long a new run is: a time, or as its settings say.
    asking : bool
        The form of a new run is shown.
    page : TrainingPage
        The runs, or one training step laid open.
    recipe : StepRecipe
        That step.
    line : int
        The line of Algorithm 1 that is lit, in 1..9; of a shorter form the last where it has not so many.
    after : bool
        Output and error are shown as the update leaves them.
    """

    chosen: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    curve: CurveShown = "loss"
    log: bool = True
    raw: bool = True
    snapshot: int | None = None
    relative: bool = False
    form: TrainRecipe = TrainRecipe()
    length: Length = "quick"
    asking: bool = False
    page: TrainingPage = "runs"
    recipe: StepRecipe = StepRecipe()
    line: int = LAST_LINE
    after: bool = False

    def __post_init__(self) -> None:
        """Refuse more runs than are shown together, and a line that Algorithm 1 has not (ValueError)."""
        if not 1 <= self.line <= LAST_LINE:
            raise ValueError(f"Algorithm 1 has the lines 1..{LAST_LINE}, not {self.line}")
        if len(self.chosen) > MAX_CHOSEN:
            raise ValueError(f"at most {MAX_CHOSEN} runs are shown together, not {len(self.chosen)}")

"""What a training run will cost, before it is started."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.training import TrainRecipe


@dataclass(frozen=True, slots=True)
class MeasureTraining(Payload):
    """Try a few updates of a run. Answer: TrainingMeasured."""

    answered_by = "explorer.engine.training.cost:measure"
    background = True

    recipe: TrainRecipe


@dataclass(frozen=True, slots=True)
class TrainingMeasured(Outcome):
    """Answer to MeasureTraining.

    Attributes
    ----------
    recipe : TrainRecipe
    seconds_per_image : float
        Of an update on this device, as busy as it is now.
    memory : int
        Bytes that the run's process will about hold.
    """

    recipe: TrainRecipe
    seconds_per_image: float
    memory: int

"""What the Training workspace asks of the engine: what a run will cost, and one step laid open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.step import StepRecipe
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


@dataclass(frozen=True, slots=True)
class ShowTrainingStep(Payload):
    """One training step laid open. Answers: TrainingStepWalked, TrainingStepShown, some of it before the rest."""

    answered_by = "explorer.engine.training.step:show_step"

    recipe: StepRecipe
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True)
class TrainingStepWalked(Outcome):
    """Of an answer to ShowTrainingStep: how far its evaluations are, before there is anything of it to show.

    Attributes
    ----------
    recipe : StepRecipe
    done, total : int
    """

    progress = True

    recipe: StepRecipe
    done: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class BlockGradient:
    """The gradient of one block's weights.

    Attributes
    ----------
    name, title : str
        Of the block: as in its anatomy, and for people.
    weights : int
        How many numbers it learns.
    gradient, size : float
        L2 norms of the gradient and of the weights.
    """

    name: str
    title: str
    weights: int
    gradient: float
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStepShown(Outcome):
    """Answer to ShowTrainingStep; what is not known yet is empty, or NaN.

    Attributes
    ----------
    recipe : StepRecipe
    model : str
        Name of the network.
    option : str
        "A", "B", "C" or "V".
    T, t : int
    label : int
        Class of a test image, -1 where there is none.
    pixels : int
        Numbers of an image: the lecture's squared norm is so many times the loss.
    alpha_bar, a0, at : float
        At t: of Property 1, and of the posterior mean.
    skip, scale : float
        The network's output is skip x_t + scale h, h being what its head puts out.
    tiles : dict of ndarray, shape (H, W, 3), uint8
        "x0", "eps", "x_t", "target", "output", "error" (target - output); "output after" and "error after" the update.
    error_scale : float
        Half width of the map of both errors.
    losses : ndarray of float64, shape (updates + 1,), or one more
        Mean over pixels of the squared error (of all timesteps: its mean over t, too) before each update; last, after this one.
    loss_t, loss_t_after : float
        Of t alone.
    by_timestep, by_timestep_after : ndarray of float64, shape (T,) or (0,)
        Loss of each t, where all timesteps are in one update.
    blocks : tuple of BlockGradient
        In the order in which they are computed.
    gradient : float
        L2 norm of the whole gradient.
    rate : float
        eta.
    done, total : int
        Evaluations that were made, of those for this answer.
    """

    recipe: StepRecipe
    model: str
    option: str
    T: int
    t: int
    label: int
    pixels: int
    alpha_bar: float
    a0: float
    at: float
    skip: float
    scale: float
    tiles: dict[str, np.ndarray]
    error_scale: float
    losses: np.ndarray
    loss_t: float
    loss_t_after: float
    by_timestep: np.ndarray
    by_timestep_after: np.ndarray
    blocks: tuple[BlockGradient, ...]
    gradient: float
    rate: float
    done: int
    total: int
    partial: bool = False

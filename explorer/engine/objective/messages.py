"""The objective: the bound of several lanes term by term, and what the networks say of one held-out image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Lane
from explorer.recipe.objective import BoundRecipe

# --- requests ---


@dataclass(frozen=True, slots=True)
class MeasureBound(Payload):
    """Estimate the bound of every lane of a recipe; what was measured before is taken up where it stands.

    Answers: BoundShown as it comes (at most ten a second), the last one complete.

    Attributes
    ----------
    recipe : BoundRecipe
    excess : bool
        Also the ideal denoiser's error, over the training images of the same data set.
    """

    answered_by = "explorer.engine.objective.bounds:measure_bound"
    background = True

    recipe: BoundRecipe
    excess: bool = False


@dataclass(frozen=True, slots=True)
class ShowHeldOut(Payload):
    """The first images that a recipe draws. Answer: HeldOutShown."""

    answered_by = "explorer.engine.objective.bounds:show_held_out"

    recipe: BoundRecipe
    count: int


@dataclass(frozen=True, slots=True)
class ShowDenoised(Payload):
    """One image noised to timestep t, and what every lane takes it for. Answer: DenoisedShown."""

    answered_by = "explorer.engine.objective.bounds:show_denoised"

    recipe: BoundRecipe
    image: int
    t: int


# --- results ---


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure in nats per image and its standard error; NaN where there is none yet."""

    value: float = math.nan
    error: float = math.nan


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LaneBound:
    """What is known of one lane.

    Attributes
    ----------
    lane : Lane
    T, values : int
        Timesteps of its schedule, and numbers in an image (for bits/dim).
    starts, sizes : ndarray, shape (S,), int64
        First timestep and length of each stratum.
    terms, terms_error : ndarray, shape (S,), float64
        L_{t-1} of a timestep of the stratum, nats; NaN where nothing was seen, the error before there are two rounds.
    x0_error : ndarray, shape (S,), float64
        Mean squared error of x0_hat per pixel.
    excess, excess_error : ndarray, shape (S,), float64, or None
        The same minus the ideal denoiser's; None unless asked for.
    prior, steps, decoder, total : Estimate
        L_T, the sum of L_{t-1} over t > 1, L_0, and their sum.
    gap : Estimate
        The total minus that of the recipe's last lane, over the same draws; NaN where its T is another, so that there are none.
    rounds, images, seen : int
        Complete rounds, their images, and image-timesteps evaluated.
    """

    lane: Lane
    T: int
    values: int
    starts: np.ndarray
    sizes: np.ndarray
    terms: np.ndarray
    terms_error: np.ndarray
    x0_error: np.ndarray
    excess: np.ndarray | None
    excess_error: np.ndarray | None
    prior: Estimate
    steps: Estimate
    decoder: Estimate
    total: Estimate
    gap: Estimate
    rounds: int
    images: int
    seen: int


@dataclass(frozen=True, slots=True, eq=False)
class BoundShown(Outcome):
    """How far an estimate is.

    Attributes
    ----------
    recipe : BoundRecipe
    lanes : tuple of LaneBound
    done, total : int
        Batches through the predictors.
    partial : bool
        More will come.
    """

    recipe: BoundRecipe
    lanes: tuple[LaneBound, ...]
    done: int
    total: int
    partial: bool


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutShown(Outcome):
    """Images of a data set.

    Attributes
    ----------
    name : str
        Of the data set.
    known : int
        How many images it has.
    indices : tuple of int
    tiles : ndarray, shape (N, H, W, 3), uint8
    labels : tuple of int or None
        Their classes, where they are known.
    taken : str
        How they were taken, as of `explorer.datasets.images.ImageSet`.
    """

    name: str
    known: int
    indices: tuple[int, ...]
    tiles: np.ndarray
    labels: tuple[int, ...] | None
    taken: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class DenoisedShown(Outcome):
    """An image at t.

    Attributes
    ----------
    image, t : int
    clean : ndarray, shape (H, W, 3), uint8
    noisy, guesses : ndarray, shape (lanes, H, W, 3), uint8
        x_t and x0_hat of each lane, with the same noise.
    nats : tuple of float
        L_{t-1} of each lane for this x_t.
    timesteps : tuple of int
        t of each lane: the last one of its schedule where that has fewer.
    """

    image: int
    t: int
    clean: np.ndarray
    noisy: np.ndarray
    guesses: np.ndarray
    nats: tuple[float, ...]
    timesteps: tuple[int, ...]

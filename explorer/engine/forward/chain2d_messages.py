"""The two-dimensional chain of the Forward workspace: its densities and scores, a network that learns it, particles, and files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.files import ReadFile, WrittenFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.chain2d import Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardRecipe, ForwardSchedule


@dataclass(frozen=True, slots=True)
class ShowChain2D(Payload):
    """q(x_t) and its score. Answer: Chain2DShown."""

    answered_by = "explorer.engine.forward.chain2d:show_chain"

    points: Points2D
    schedule: ForwardSchedule
    t: int


@dataclass(frozen=True, slots=True, eq=False)
class Chain2DShown(Outcome):
    """Answer to ShowChain2D.

    Attributes
    ----------
    t, T : int
    alpha_bar : float
    points : ndarray, shape (n, 2), float32
        x^1 .. x^n.
    density : ndarray, shape (R, R), float32
        q(x_t) over its largest value, rows upwards in y, over [-3, 3]; of points without a width none at t = 0, and R is 0.
    peak : float
        That largest value.
    places : ndarray, shape (G, 2), float32
        Where arrows begin.
    arrows : ndarray, shape (G, 2), float32
        sqrt(1 - alpha_bar_t) grad log q(x_t) = -E[eps | x_t]; zeros at t = 0.
    """

    t: int
    T: int
    alpha_bar: float
    points: np.ndarray
    density: np.ndarray
    peak: float
    places: np.ndarray
    arrows: np.ndarray


@dataclass(frozen=True, slots=True)
class Learn2D(Payload):
    """Have the small network learn the points. Answers: Learning2D, the last one when all updates are made.

    A network of which a part is learnt goes on where it was.
    """

    answered_by = "explorer.engine.forward.chain2d:learn"
    background = True

    points: Points2D
    schedule: ForwardSchedule
    seed: int
    network: Network2D


@dataclass(frozen=True, slots=True, eq=False)
class Learning2D(Outcome):
    """How far the network is.

    Attributes
    ----------
    updates, total : int
    losses : ndarray, shape (M, 3), float32
        Update, loss since the look before it, and the exact process's on the same draws.
    errors : ndarray, shape (E, 2), float32
        t, and the root mean square of eps_hat - E[eps | x_t] over q(x_t).
    partial : bool
        It goes on.
    """

    updates: int
    total: int
    losses: np.ndarray
    errors: np.ndarray
    partial: bool = False


@dataclass(frozen=True, slots=True)
class ShowLearnt2D(Payload):
    """The score that the network has learnt. Answer: Learnt2DShown.

    Attributes
    ----------
    learning : Learn2D
        Which network.
    t : int
    updates : int
        How many it had made when this was asked: after more of them it is asked again.
    """

    answered_by = "explorer.engine.forward.chain2d:show_learnt"

    learning: Learn2D
    t: int
    updates: int


@dataclass(frozen=True, slots=True, eq=False)
class Learnt2DShown(Outcome):
    """As `arrows` of Chain2DShown, by the network after so many updates: -eps_hat."""

    t: int
    updates: int
    arrows: np.ndarray


@dataclass(frozen=True, slots=True)
class WalkChain2D(Payload):
    """Particles from x_T to x_0. Answer: Chain2DWalked.

    Attributes
    ----------
    points, schedule, seed, walk
    learning : Learn2D or None
        By this network, which learns first what it has not learnt; None for the exact process.
    """

    answered_by = "explorer.engine.forward.chain2d:walk_chain"
    background = True

    points: Points2D
    schedule: ForwardSchedule
    seed: int
    walk: Walk2D
    learning: Learn2D | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chain2DWalked(Outcome):
    """Answer to WalkChain2D.

    Attributes
    ----------
    timesteps : ndarray, shape (K + 1,), int64
        From T down to 0.
    paths : dict of ndarray, shape (K + 1, N, 2), float32
        "ddpm", "ode": states at these timesteps.
    apart : dict of float
        Energy distance between the particles at t = 0 and draws from q(x_0).
    """

    timesteps: np.ndarray
    paths: dict[str, np.ndarray]
    apart: dict[str, float]


@dataclass(frozen=True, slots=True)
class TakePoints(Payload):
    """Read points from a file. Answer: PointsTaken."""

    answered_by = "explorer.engine.forward.chain2d_files:take_points"

    path: ReadFile


@dataclass(frozen=True, slots=True)
class PointsTaken(Outcome):
    """Points of a file.

    Attributes
    ----------
    name : str
        Of the file.
    placed : tuple of (float, float)
        Moved and enlarged to the room that there is, both axes alike.
    total : int
        How many the file has; of more than there is room for, evenly chosen ones are taken.
    """

    name: str
    placed: tuple[tuple[float, float], ...]
    total: int


@dataclass(frozen=True, slots=True)
class ExportChain2D(Payload):
    """Write points and paths to an .npz or a .csv. Answer: Chain2DExported.

    Attributes
    ----------
    path : str
    recipe : ForwardRecipe
        Written into the file.
    learnt : bool
        With the network's paths beside the exact ones.
    """

    answered_by = "explorer.engine.forward.chain2d_files:export_chain"
    background = True

    path: WrittenFile
    recipe: ForwardRecipe
    learnt: bool = True


@dataclass(frozen=True, slots=True)
class Chain2DExported(Outcome):
    """The file is there."""

    path: str
    nbytes: int

"""Reverse chains over a latent plane: of a ddpm of its codes and of the exact process, and the scores that drive them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import CodeChains, Slice
from explorer.recipe.told import Told


@dataclass(frozen=True, slots=True)
class WalkCodes(Payload):
    """Chains of codes. Answers: CodesWalked, the network's first, then with the exact process's beside them, then with their pictures.

    Attributes
    ----------
    path : str
        The autoencoder.
    ddpm : str
        The network that was trained on its codes.
    chains : CodeChains
    slice : Slice or None
        Which plane, where codes have more than two dimensions.
    told : Told or None
        As of DrawCodes.
    """

    answered_by = "explorer.engine.latent.chains:walk_codes"
    background = True

    path: ReadFile
    ddpm: ReadFile
    chains: CodeChains
    slice: Slice | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class ShowScores(Payload):
    """Scores at a timestep, at the centres of a grid's cells. Answer: ScoresShown.

    Attributes
    ----------
    path, ddpm, slice : as of WalkCodes
    t : int
        Timestep in 1..T.
    extent : tuple of float
        (x_min, x_max, y_min, y_max).
    columns, rows : int
    exact : bool
        The exact process's beside the network's.
    """

    answered_by = "explorer.engine.latent.scores:show_scores"
    background = True

    path: ReadFile
    ddpm: ReadFile
    t: int
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    exact: bool = True
    slice: Slice | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CodesWalked(Outcome):
    """Chains of codes, from x_T to x_0.

    Attributes
    ----------
    path, chains : as asked
    timesteps : tuple of int
        t of each state, K + 1 of them, T first and 0 last.
    T : int
        Of the schedule.
    places : ndarray, shape (K + 1, N, 2), float32
        On the plane, in raw units of the codes; of codes of more numbers the nearest places.
    exact_places : ndarray, shape (K + 1, N, 2), float32, or None
        Of the exact process: the same x_T, the same z_t.
    shown : tuple of int
        States that have pictures, by number, the first and the last among them.
    tiles : ndarray, shape (len(shown), N, H, W, 3), uint8, or None
        What the states decode to; None before they are.
    exact_tiles : the same of the exact process, or None
    confident, exact_confident : float
        Share of the x_0 that the digit classifier reads with confidence over 0.9; NaN without it, or before.
    without_exact : str
        Why there is no exact process, though it was asked for.
    partial : bool
        More follows.
    """

    path: str
    chains: CodeChains
    timesteps: tuple[int, ...]
    T: int
    places: np.ndarray
    exact_places: np.ndarray | None = None
    shown: tuple[int, ...] = ()
    tiles: np.ndarray | None = None
    exact_tiles: np.ndarray | None = None
    confident: float = float("nan")
    exact_confident: float = float("nan")
    without_exact: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ScoresShown(Outcome):
    """Scores, grad log p_t(z) of the noised codes z_t, along the plane.

    Attributes
    ----------
    path, t, extent : as asked
    places : ndarray, shape (M, 2), float32
    learned : ndarray, shape (M, 2), float32
        In 1 / unit of the code.
    exact : ndarray, shape (M, 2), float32, or None
    cell : float
        How far apart two places are, in units of the code.
    """

    path: str
    t: int
    extent: tuple[float, float, float, float]
    places: np.ndarray
    learned: np.ndarray
    exact: np.ndarray | None
    cell: float

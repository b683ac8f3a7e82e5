"""The Gaussian asides of the Forward workspace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.forward import Asides


@dataclass(frozen=True, slots=True)
class ShowAsides(Payload):
    """The Gaussian asides. Answer: AsidesShown."""

    answered_by = "explorer.engine.forward.asides:show_asides"

    asides: Asides


@dataclass(frozen=True, slots=True, eq=False)
class Densities:
    """Draws and curves over one axis.

    Attributes
    ----------
    edges, shares : ndarray, shape (B + 1,), (B,)
        Histogram of draws, as a density.
    x : ndarray, shape (M,)
    curves : dict of ndarray, shape (M,)
        Densities at x.
    mean, sd : float
        Of the closed form.
    drawn_mean, drawn_sd : float
        Of the draws.
    distance : float
        Total variation between the distribution and the Gaussian of its mean and variance.
    """

    edges: np.ndarray
    shares: np.ndarray
    x: np.ndarray
    curves: dict[str, np.ndarray]
    mean: float
    sd: float
    drawn_mean: float
    drawn_sd: float
    distance: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class AsidesShown(Outcome):
    """Densities of "sum", "difference", "Z", "X given Z", "W", "X given W"."""

    plots: dict[str, Densities]

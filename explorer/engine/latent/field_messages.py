"""Fields over the latent plane: one number for each place of it, drawn as an image."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Slice

FieldKind = Literal["density", "error", "elbo", "magnification", "classes"]


@dataclass(frozen=True, slots=True)
class ShowField(Payload):
    """A field at the centres of a grid's cells. Answers: FieldShown, coarse first, each finer than the one before.

    Attributes
    ----------
    path : str
        The checkpoint.
    kind : FieldKind
        "density": log of the aggregate posterior q(z); "error": squared error of a decoding encoded and decoded
        again; "elbo": of a decoding; "magnification": sqrt(det J^T J) of the decoder; "classes": how the digit
        classifier reads the decoding.
    extent : tuple of float
        (x_min, x_max, y_min, y_max).
    columns, rows : int
        Of the finest answer.
    class_colours : tuple of str
        #rrggbb of each class; used by "classes".
    slice : Slice or None
        Which plane, where codes have more than two dimensions.
    """

    answered_by = "explorer.engine.latent.fields:show_field"
    background = True

    path: ReadFile
    kind: FieldKind
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    class_colours: tuple[str, ...] = field(default=(), repr=False)
    slice: Slice | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FieldShown(Outcome):
    """A field over a rectangle.

    Attributes
    ----------
    path, kind, extent : as asked
    columns, rows : int
        Of this answer.
    values : ndarray, shape (rows, columns), float32
        In the field's unit, the top row at y_max; for "classes" the probability of the likeliest digit.
    classes : ndarray, shape (rows, columns), uint8, or None
        The likeliest digit; "classes" only.
    picture : ndarray, shape (rows, columns, 3), uint8
        In the perceptually uniform map from `low` to `high`; "classes" in the classes' colours, paler the less likely.
    low, high : float
        Ends of the map, the same wherever one looks.
    logarithmic : bool
        Colours are even in the logarithm of the value.
    partial : bool
        A finer answer follows.
    """

    path: str
    kind: FieldKind
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    values: np.ndarray
    classes: np.ndarray | None
    picture: np.ndarray
    low: float
    high: float
    logarithmic: bool
    partial: bool

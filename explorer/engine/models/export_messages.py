"""One look at what an export will be: the answer of every feature that exports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome


@dataclass(frozen=True, slots=True, eq=False)
class ExportPreviewed(Outcome):
    """What an export will be.

    Attributes
    ----------
    picture : ndarray, shape (H, W, 3), uint8, or None
        As it will be drawn; one of a film's. None where it is no picture, or nothing is there yet.
    size : (int, int)
        Height and width of its pictures.
    pictures : int
        How many; 0 for arrays.
    nbytes : int
        Arrays: bytes before they are packed; a page: bytes at most.
    samples, states : int
        A page: how many it shows of each lane.
    """

    picture: np.ndarray | None
    size: tuple[int, int] = (0, 0)
    pictures: int = 0
    nbytes: int = 0
    samples: int = 0
    states: int = 0

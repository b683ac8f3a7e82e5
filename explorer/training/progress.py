"""What a run reports while it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One line of a run's report.

    Attributes
    ----------
    epoch : int
        Epoch in progress, from 1.
    step, steps : int
        Updates done, and of the whole run.
    images : int
        Images seen.
    loss : float
        Mean since the last report.
    learning_rate : float
    gradient_norm : float
        Mean L2 norm since the last report, before clipping.
    images_per_second : float
        Since the last report; 0 where it is not known.
    seconds_left : float
        Of the whole run, at the speed so far.
    checkpoint : Path or None
        The file just written.
    """

    epoch: int
    step: int
    steps: int
    images: int
    loss: float
    learning_rate: float
    gradient_norm: float = 0.0
    images_per_second: float = 0.0
    seconds_left: float = 0.0
    checkpoint: Path | None = None

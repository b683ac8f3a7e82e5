"""How digits that a model made compare with real ones, by the judge's readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import training_sha256
from explorer.errors import BadInput
from explorer.evaluation.frechet import Moments, frechet_distance, moments
from explorer.evaluation.judge import Readings

MIN_REST = 10_000
"""Real images left for comparison when a subset of them is judged."""


@dataclass(frozen=True, slots=True)
class DigitScore:
    """Figures of N images.

    Attributes
    ----------
    images : int
        N.
    frechet_distance : float
        Between their features and those of the real images they are compared with.
    confident_share : float
        Share read with confidence over 0.9.
    digit_shares : tuple of float
        Share read as each of 0..9.
    """

    images: int
    frechet_distance: float
    confident_share: float
    digit_shares: tuple[float, ...]


def check_digits(checkpoint: Checkpoint, metric: str, otherwise: str = "") -> None:
    """Refuse what was trained on other images than MNIST's: the digit classifier that judges knows nothing else (BadInput)."""
    data = checkpoint.card.data
    if data.sha256 != training_sha256("mnist"):
        raise BadInput(
            f"{checkpoint.path}: was trained on {data.name}; {metric} is judged by the digit classifier, which knows MNIST alone{otherwise}"
        )


def score(readings: Readings, reference: Moments) -> DigitScore:
    """Figures of images against the moments of real ones' features.

    Raises
    ------
    ValueError
        If there are fewer than two images.
    """
    distance = frechet_distance(moments(readings.features), reference)
    return DigitScore(len(readings), distance, readings.confident_share, tuple(readings.digit_shares))


def real_score(real: Readings, images: int, seed: int) -> DigitScore:
    """The same figures of `images` real ones, drawn without replacement by seed, against all the others.

    Against the others, not all: an image would be near to itself, which no sample is.

    Raises
    ------
    ValueError
        If fewer than 10,000 others would remain.
    """
    if not 2 <= images <= len(real) - MIN_REST:
        raise ValueError(f"images must be in 2..{len(real) - MIN_REST}, not {images}")
    chosen = np.zeros(len(real), bool)
    chosen[np.random.default_rng(seed).choice(len(real), images, replace=False)] = True
    return score(real[chosen], moments(real[~chosen].features))

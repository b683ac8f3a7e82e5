"""A chain beside the program that a checkpoint is from: its network and its formulas, written down again, from the same states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer import sources
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.models.predictors import from_checkpoint
from explorer.recipe.told import Told

SEED, SAMPLES = 4, 2
CLOSE = 1e-4
"""Of the largest pixel: the means of a step may be as far apart."""
Predicted = Callable[[Tensor, int, Sequence[int]], Tensor]
"""States, the timestep 1..T and a label for each sample to what the network predicts; labels are of no use to one without classes."""


def furthest(path: Path, told: Told | None, levels: np.ndarray, predicted: Predicted, option: str = "C", steps: int | None = 8) -> float:
    """Largest difference between our means and those of the program, at the states of our chain, against the largest pixel.

    Parameters
    ----------
    path : Path
    told : Told or None
    levels : ndarray, shape (T + 1,), float64
        alpha_bar_0..alpha_bar_T, as the program has them.
    predicted : callable
        The program's network.
    option : "A", "B" or "C"
        What it predicts; A only where all timesteps are visited.
    steps : int or None
    """
    checkpoint = sources.open(path, told)
    predictor = from_checkpoint(checkpoint, torch.device("cpu"))
    np.testing.assert_allclose(predictor.schedule.alpha_bar.numpy(), levels, rtol=2e-5)
    labels = [0] * SAMPLES
    if predictor.condition is not None:
        labels = [predictor.condition.labels[i % len(predictor.condition.labels)] for i in range(SAMPLES)]
    noise = noise_source(SEED, range(SAMPLES), checkpoint.card.data.shape)
    found = 0.0
    with torch.no_grad():
        for step in reverse_steps(predictor, plan(predictor.schedule, steps), initial_state(noise), noise):
            said = predicted(step.x_t, step.t, labels).double()
            wanted = said if option == "A" else mean(step.x_t.double(), said, option, levels[step.t], levels[step.t_prev])
            found = max(found, float((step.prediction.mean - wanted).abs().max() / step.x_t.abs().max()))
    return found


def mean(x_t: Tensor, said: Tensor, option: str, level: float, before: float) -> Tensor:
    """Mean of q(x_s | x_t, x_0) for the x_0 that a prediction implies (Ho et al. 2020, eq. 7), between any two levels."""
    x0 = said if option == "B" else (x_t - np.sqrt(1 - level) * said) / np.sqrt(level)
    alpha = level / before
    return np.sqrt(before) * (1 - alpha) / (1 - level) * x0 + np.sqrt(alpha) * (1 - before) / (1 - level) * x_t


def linear_levels(first: float, last: float, T: int) -> np.ndarray:
    """alpha_bar_0..alpha_bar_T of evenly spaced betas."""
    return np.concatenate([[1.0], np.cumprod(1 - np.linspace(first, last, T))])


def random_weights(shapes: dict[str, tuple[int, ...]], seed: int = 1) -> dict[str, Tensor]:
    """Weights for which no layer is without effect."""
    generator = torch.Generator().manual_seed(seed)
    made = {}
    for name, shape in shapes.items():
        scale = 1.5 / np.sqrt(max(1, int(np.prod(shape[1:])))) if len(shape) > 1 else 0.3
        made[name] = scale * torch.randn(shape, generator=generator) + (0.5 if len(shape) == 1 and name.endswith("weight") else 0)
    return made

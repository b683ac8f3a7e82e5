"""The ideal denoiser of a class-conditional network: E[x_0 | x_t, c] over the images of each image's own class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.limits import Clip
from explorer.diffusion.parameterization import Prediction
from explorer.diffusion.posterior import Posterior
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.schedule import Schedule


class ExactOfClasses:
    """Who is told a class may do better than who is not, so that this, not the ideal of all images, is what no such network can beat.

    Parameters
    ----------
    of_class : callable
        The exact process of a class, following the mean.
    labels : sequence of int
        Class of each image, by its index.
    schedule : Schedule
    indices : sequence of int
        Which images a batch is made of; `for_indices` says it.
    """

    def __init__(
        self, of_class: Callable[[int], ExactPredictor], labels: Sequence[int], schedule: Schedule, indices: Sequence[int] = ()
    ) -> None:
        self.schedule, self._of_class, self._labels, self._indices = schedule, of_class, labels, indices

    def for_indices(self, indices: Sequence[int]) -> ExactOfClasses:
        """As `Labelled.for_indices`."""
        return ExactOfClasses(self._of_class, self._labels, self.schedule, tuple(indices))

    def apart(self) -> tuple[Predictor, Predictor] | None:
        """As `Labelled.apart`: there is no ideal to be guided by."""
        return None

    def predict(self, x_t: Tensor, t: int, step: Posterior, clip: Clip) -> Prediction:
        """As `Predictor.predict` (ValueError if the batch is not of as many images as it was told)."""
        if len(self._indices) != len(x_t):
            raise ValueError(f"{len(x_t)} images, but the classes are of {len(self._indices)}")
        labels = torch.tensor([self._labels[i] for i in self._indices])
        mean, x0_hat, eps_hat = (torch.empty_like(x_t) for _ in range(3))
        for label in labels.unique().tolist():
            rows = (labels == label).nonzero().flatten().to(x_t.device)
            said = self._of_class(label).predict(x_t[rows], t, step, clip)
            mean[rows], x0_hat[rows], eps_hat[rows] = said.mean, said.x0_hat, said.eps_hat
        return Prediction(mean, x0_hat, eps_hat)

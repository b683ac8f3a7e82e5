"""How far a network's x0_hat is from the best there can be: its error minus the ideal denoiser's, against t."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from explorer.checkpoints.card import Metric
from explorer.datasets.images import ImageSet, to_unit_range
from explorer.diffusion.bound import Tally, excess, mean_excess
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_classes import ExactOfClasses
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.schedule import Schedule
from explorer.errors import BadInput
from explorer.evaluation.vlb import strata_rows


def ideal_denoiser(training: ImageSet, schedule: Schedule, device: torch.device) -> ExactPredictor:
    """E[x_0 | x_t] over the training images: on images drawn from them no predictor has a smaller error."""
    data = EmpiricalData(torch.from_numpy(to_unit_range(training.images)), device)
    return ExactPredictor(data, schedule, follow="mean")


def ideal_of_classes(training: ImageSet, schedule: Schedule, device: torch.device, labels: np.ndarray) -> ExactOfClasses:
    """E[x_0 | x_t, c] over the training images of each image's class: what a network that is told classes cannot beat.

    Parameters
    ----------
    training : ImageSet
        With labels.
    labels : ndarray, shape (n,)
        Classes of the images that errors are measured on.

    Raises
    ------
    BadInput
        If one of these classes is not among the training images.
    """
    theirs = training.labels
    if theirs is None or (unknown := sorted(set(labels.tolist()) - set(theirs.tolist()))):
        raise BadInput(
            f"{training.name}: holds no training images of class {unknown[0]}" if theirs is not None else f"{training.name}: has no labels"
        )
    of_class: dict[int, ExactPredictor] = {}

    def exact(label: int) -> ExactPredictor:
        if label not in of_class:
            of_class[label] = ideal_denoiser(replace(training, images=training.images[theirs == label]), schedule, device)
        return of_class[label]

    return ExactOfClasses(exact, labels.tolist(), schedule)


def summary(network: Tally, ideal: Tally) -> dict[str, Any]:
    """What is reported: mean squared errors per pixel of [-1, 1], and their difference, over t."""
    mean = mean_excess(network, ideal)
    rows = strata_rows(network, excess(network, ideal), "excess")
    for row, own, best in zip(rows, network.x0_errors().value, ideal.x0_errors().value, strict=True):
        row |= {"network": float(own), "ideal": float(best)}
    return {
        "mean_excess": mean.value, "standard_error": mean.error, "images": network.images, "draws": network.design.draws,
        "evaluated": network.seen, "rounds": network.rounds, "terms": rows,
    }  # fmt: skip


def metric(name: str, network: Tally, ideal: Tally, command: str, details: dict[str, Any]) -> Metric:
    """What the model card says under that name: the mean over all t."""
    mean = mean_excess(network, ideal)
    return Metric(name, mean.value, command, details={**details, "standard_error": mean.error})

"""The bound of a diffusion model on images it has not seen, and what is said of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.card import Metric
from explorer.checkpoints.files import Checkpoint
from explorer.datasets.images import ImageSet, load_images, to_unit_range, training_sha256
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.datasets.shipped import shipped
from explorer.diffusion.bound import Curve, Figure, Images, Tally, walk
from explorer.diffusion.limits import Clip
from explorer.diffusion.objective import Variance, bits_per_dim
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.strata import Design, cut, shuffled
from explorer.errors import BadInput

IMAGES = 128
BLOCK = 4
STRATA = 64
"""Timesteps looked at for each image, one from each stratum."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which images, timesteps and noise an evaluation looks at.

    Attributes
    ----------
    images : int
    draws : int
        Timesteps and noises drawn from each stratum for each image.
    timesteps : int
        Number of strata; at least T for every timestep.
    seed : int
    """

    images: int = IMAGES
    draws: int = 1
    timesteps: int = STRATA
    seed: int = 0

    def design(self, T: int, known: int) -> Design:
        """The design of an estimate over a schedule of T timesteps and a set of `known` images."""
        strata = cut(T, max(2, self.timesteps))
        order = shuffled(known, self.images, self.seed)
        return Design(strata, self.seed, order, min(BLOCK, max(1, len(order) // 2)), self.draws)


def images_for(source: str, split: str, shape: tuple[int, int, int], told: Reading = AS_FOUND) -> ImageSet:
    """Images that a checkpoint can be measured with.

    Raises
    ------
    BadInput
        If they cannot be read or are of another shape.
    """
    known = load_images(source, split, told=told)
    fits(known, shape, source)
    return known


def check_own_data(checkpoint: Checkpoint, instead: str = "") -> None:
    """Refuse to measure on what a checkpoint's data set is called here, if it was trained on another (BadInput)."""
    data = checkpoint.card.data
    if shipped(data.name) is None or data.sha256 not in ("", training_sha256(data.name)):
        another = "" if shipped(data.name) is None else "other images than those that come with the app as "
        ending = f": {instead}" if instead else ""
        raise BadInput(f"{checkpoint.path}: was trained on {another}{data.name}, which is not here by that name{ending}")


def fits(known: ImageSet, shape: tuple[int, int, int], source: str) -> None:
    """Refuse images of another shape than a checkpoint's (BadInput)."""
    if known.image_shape != shape:
        own, wanted = (" × ".join(map(str, sides)) for sides in (known.image_shape, shape))
        raise BadInput(f"{source}: its images are {own} (channels × height × width), those of the checkpoint {wanted}")


def source(known: ImageSet, device: torch.device) -> Images:
    """What gives a walk its images."""

    def give(indices: Sequence[int]) -> Tensor:
        return torch.from_numpy(to_unit_range(known.images[list(indices)])).to(device)

    return give


@torch.inference_mode()
def measure(
    predictors: Sequence[Predictor],
    images: Images,
    design: Design,
    clip: Clip = False,
    variance: Variance = "posterior",
    report: Callable[[int], object] | None = None,
) -> list[Tally]:
    """Tallies of predictors over the same images, timesteps and noise; all have the schedule's T of the design.

    `report` is told of the images of each visit to a timestep.
    """
    tallies = [Tally(design) for _ in predictors]
    rounds = design.rounds
    assert rounds is not None, "one image has no last round"
    walks = [walk(p, images, tally, rounds, clip, variance) for p, tally in zip(predictors, tallies, strict=True)]
    seen = 0
    for _ in zip(*walks, strict=True):
        if report is not None:
            report(tallies[0].seen - seen)
            seen = tallies[0].seen
    return tallies


def figure(found: Figure, values: int) -> dict[str, float]:
    """A figure in both units."""
    return {
        "nats": found.value, "standard_error": found.error,
        "bits_per_dim": bits_per_dim(found.value, values), "bits_per_dim_standard_error": bits_per_dim(found.error, values),
    }  # fmt: skip


def summary(tally: Tally, values: int) -> dict[str, Any]:
    """What is reported of an estimate.

    Parameters
    ----------
    tally : Tally
    values : int
        Numbers in an image, for bits/dim.
    """
    totals, design = tally.totals(), tally.design
    parts = {"L": totals.total, "L_T": totals.prior, "sum_L_t-1": totals.steps, "L_0": totals.decoder}
    return {
        **{name: figure(found, values) for name, found in parts.items()},
        "images": tally.images, "draws": design.draws, "evaluated": tally.seen, "rounds": tally.rounds,
        "terms": strata_rows(tally, tally.terms()), "each_t": each_timestep(tally),
    }  # fmt: skip


def strata_rows(tally: Tally, curve: Curve, name: str = "nats") -> list[dict[str, float]]:
    """Mean L_{t-1} of each stratum, from its first t to its last."""
    strata = tally.design.strata
    return [
        {"from_t": start, "to_t": start + int(size) - 1, name: float(value), "standard_error": float(error)}
        for start, size, value, error in zip(strata.starts, strata.sizes, curve.value, curve.error, strict=True)
    ]


def each_timestep(tally: Tally) -> dict[str, list[float]]:
    """L_{t-1} of every single timestep that was looked at: t, nats, standard error over its images, and how many."""
    curve, number = tally.at_t.curve(), tally.at_t.number
    seen = np.flatnonzero(number)
    return {
        "t": seen.tolist(), "nats": curve.value[seen].tolist(), "standard_error": curve.error[seen].tolist(),
        "images": number[seen].tolist(),
    }  # fmt: skip


def metric(name: str, tally: Tally, values: int, command: str, details: dict[str, Any]) -> Metric:
    """What the model card says under that name: the bound in bits/dim."""
    said = summary(tally, values)
    terms = {name: said[name]["nats"] for name in ("L", "L_T", "sum_L_t-1", "L_0")}
    error = said["L"]["standard_error"]
    kept = {**details, **terms, "standard_error": error if math.isfinite(error) else None, "evaluated": tally.seen}
    return Metric(name, said["L"]["bits_per_dim"], command, details=kept)

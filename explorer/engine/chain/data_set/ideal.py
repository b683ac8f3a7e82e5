"""The ideal denoiser's answers to the states of a lane: over a data set, or over the images of each sample's own class."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import torch
from torch import Tensor

from explorer.diffusion.pixel_range import HERE, words
from explorer.engine.models.data_sets import DataSet, DataSets
from explorer.engine.models.predictors import labels_told
from explorer.errors import BadInput
from explorer.recipe import NO_CLASS, ExactProcess

if TYPE_CHECKING:
    from explorer.engine.chain.shown_lane import ShownLane


@dataclass(frozen=True, eq=False)
class Beside:
    """What a lane is seen beside.

    Attributes
    ----------
    whole : DataSet
    classes : tuple of (DataSet or None)
        Of each sample the images of its class, as its network is told it; None where it is told none. Empty of a lane without classes.
    """

    whole: DataSet
    classes: tuple[DataSet | None, ...] = ()

    def of_sample(self, sample: int) -> DataSet:
        """The images that a sample could be of."""
        return (self.classes[sample] if self.classes else None) or self.whole

    def ideal_work(self, x_t: Tensor, levels: float | Tensor, samples: Sequence[int]) -> Generator[None, None, Tensor]:
        """E[x_0 | x_t] of states, each of one of the samples, returned; a None for each cancel point.

        Parameters
        ----------
        x_t : Tensor, shape (n, C, H, W)
        levels : float or Tensor of shape (n,)
            alpha_bar_t.
        samples : sequence of int, length n
        """
        found = torch.empty_like(x_t)
        rows: dict[DataSet, list[int]] = {}
        for row, sample in enumerate(samples):
            rows.setdefault(self.of_sample(sample), []).append(row)
        for data_set, some in rows.items():
            posterior = yield from data_set.data.posterior_work(x_t[some], levels[some] if isinstance(levels, Tensor) else levels)
            found[some] = posterior.mean.to(found)
        return found


def beside(data_sets: DataSets, exact: ExactProcess, lane: ShownLane) -> Beside:
    """The data set that a lane is seen beside.

    Raises
    ------
    BadInput
        If it cannot be read, its images are not of the lane's shape, or it has none of a class that the lane is told.
    """
    found = data_sets.get(exact)
    if lane.value_range != HERE:
        raise BadInput(
            f"The images of {found.name} are in {words(HERE)}, this lane's in {words(lane.value_range)}: they cannot be weighed."
        )
    if found.data.image_shape != lane.image_shape:
        ours, theirs = (" × ".join(map(str, shape)) for shape in (found.data.image_shape, lane.image_shape))
        raise BadInput(f"The images of {found.name} are {ours}, this lane's {theirs}: they cannot be weighed.")
    predictor = getattr(lane, "predictor", None)  # one that is only kept has none, and is not asked for this
    told = None if predictor is None else labels_told(predictor, lane.key.samples)
    if told is None or found.labels is None or exact.label is not None:
        return Beside(found)
    of_class = {label: data_sets.get(msgspec.structs.replace(exact, label=label)) for label in {*told.tolist()} - {NO_CLASS}}
    return Beside(found, tuple(of_class.get(label) for label in told.tolist()))


def to_ideal(lane: ShownLane, k: int, found: Beside) -> Iterator[Tensor | None]:
    """x0_hat - E[x_0 | x_t] over the data set, at the lane's k-th state: (N, C, H, W); None is a cancel point."""
    values: list[Tensor] = []
    for quantity in ("x_t", "x0_hat"):
        for tensor in lane.show(k, quantity):
            if tensor is None:
                yield None
            else:
                values.append(tensor)
    x_t, x0_hat = values
    ideal = yield from found.ideal_work(x_t, lane.course.steps[k].alpha_bar, range(len(x_t)))
    yield x0_hat - ideal

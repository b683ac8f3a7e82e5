"""How far a lane's x0_hat is from the ideal denoiser's answer to the same x_t, as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torch import Tensor

from explorer.diffusion.pixel_range import HERE, words
from explorer.engine.models.data_sets import DataSet, DataSets
from explorer.errors import BadInput
from explorer.recipe import ExactProcess

if TYPE_CHECKING:
    from explorer.engine.chain.shown_lane import ShownLane


def beside(data_sets: DataSets, exact: ExactProcess, lane: ShownLane) -> DataSet:
    """The data set that a lane is seen beside.

    Raises
    ------
    BadInput
        If it cannot be read, or its images are not of the lane's shape.
    """
    found = data_sets.get(exact)
    if lane.value_range != HERE:
        raise BadInput(
            f"The images of {found.name} are in {words(HERE)}, this lane's in {words(lane.value_range)}: they cannot be weighed."
        )
    if found.data.image_shape != lane.image_shape:
        ours, theirs = (" × ".join(map(str, shape)) for shape in (found.data.image_shape, lane.image_shape))
        raise BadInput(f"The images of {found.name} are {ours}, this lane's {theirs}: they cannot be weighed.")
    return found


def to_ideal(lane: ShownLane, k: int, found: DataSet) -> Iterator[Tensor | None]:
    """x0_hat - E[x_0 | x_t] over the data set, at the lane's k-th state: (N, C, H, W); None is a cancel point."""
    values: list[Tensor] = []
    for quantity in ("x_t", "x0_hat"):
        for tensor in lane.show(k, quantity):
            if tensor is None:
                yield None
            else:
                values.append(tensor)
    x_t, x0_hat = values
    work = found.data.posterior_work(x_t, lane.course.steps[k].alpha_bar)
    while True:
        try:
            next(work)
        except StopIteration as done:
            yield x0_hat - done.value.mean
            return
        yield None

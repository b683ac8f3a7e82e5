"""Lanes of a recipe that somebody wrote down, ready to be walked: what `sample` makes of its options, the other way round."""

from __future__ import annotations

from dataclasses import replace

from explorer.checkpoints.files import Checkpoint
from explorer.engine.models.data_sets import DataSets, exact_predictor
from explorer.engine.models.predictors import check_method, course_of
from explorer.errors import BadInput
from explorer.recipe import Lane
from explorer.sampling.lanes import SampledLane, lane_of
from explorer.sampling.place import Place


def lane_of_recipe(lane: Lane, checkpoint: Checkpoint | None, where: Place, kept: DataSets, samples: int | None) -> SampledLane:
    """A lane of a recipe; the numbers are those of the lane that the recipe was made of.

    Parameters
    ----------
    lane : Lane
        Without edits, which only the engine walks.
    checkpoint : Checkpoint or None
        None for an exact lane.
    kept : DataSets
        Of exact lanes.
    samples : int or None
        In all; None for blocks of any size.

    Raises
    ------
    BadInput
        If the checkpoint, the data set or the sampler do not go together.
    """
    if checkpoint is None:
        assert lane.exact is not None
        predictor = exact_predictor(lane, kept)
        try:
            check_method(predictor, lane.sampler, lane.source)
            course = course_of(predictor.schedule, lane.sampler)
        except ValueError as error:
            raise BadInput(f"{lane.source}: {error}") from None
        return SampledLane(lane, predictor, course, kept.get(lane.exact).data.image_shape, where.device, "fp32")
    made = lane_of(checkpoint, where, lane.sampler, samples, lane.labels, lane.guidance, lane.schedule)
    return replace(made, lane=lane)

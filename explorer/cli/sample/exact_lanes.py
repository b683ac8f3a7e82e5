"""The exact lanes of `sample`: a data set in the place of a network."""

from __future__ import annotations

from typing import Literal

from explorer.cli import shared
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.engine.models.data_sets import DataSets, exact_predictor
from explorer.engine.models.predictors import check_method, course_of
from explorer.errors import BadInput
from explorer.recipe import ExactProcess, Lane, OptionName, Sampler
from explorer.sampling.lanes import SampledLane


def exact_lane_of(
    source: str, images: int | None, follow: Literal["draw", "mean"], option: OptionName | None, where: shared.Place, sampler: Sampler,
    kept: DataSets, label: int | None = None, read: Reading = AS_FOUND,
) -> SampledLane:  # fmt: skip
    """Exact lane of a data set, linear schedule with T = 1000 (a sweep makes others of it).

    Raises
    ------
    BadInput
        If the data set cannot be read, is empty or too large, or the steps do not fit the schedule.
    """
    exact, found = kept.opened(ExactProcess(source, images=images, follow=follow, label=label, read=read))
    lane = Lane("", source, option, sampler, exact)
    predictor = exact_predictor(lane, kept)
    try:
        check_method(predictor, sampler, source)
        course = course_of(predictor.schedule, sampler)
    except ValueError as error:
        raise BadInput(f"{source}: {error}") from None
    return SampledLane(lane, predictor, course, found.data.image_shape, where.device, "fp32")

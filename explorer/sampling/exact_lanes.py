"""Exact lanes: a data set in the place of a network."""

from __future__ import annotations

from typing import Literal

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.engine.models.data_sets import DataSets
from explorer.recipe import ExactProcess, Lane, OptionName, Sampler, ScheduleChoice
from explorer.sampling.lanes import SampledLane
from explorer.sampling.of_recipe import lane_of_recipe
from explorer.sampling.place import Place

Follow = Literal["draw", "mean"]


def exact_lane_of(
    source: str, where: Place, sampler: Sampler, kept: DataSets, samples: int, *, images: int | None = None, follow: Follow | None = None,
    option: OptionName | None = None, label: int | None = None, read: Reading = AS_FOUND, schedule: ScheduleChoice | None = None,
) -> SampledLane:  # fmt: skip
    """Exact lane of a data set, on the linear schedule with T = 1000 unless another is chosen.

    Parameters
    ----------
    images : int or None
        Only the first so many.
    follow : "draw", "mean" or None
        What is left open: to draw is ancestral sampling, so it is the mean where another sampler is asked for.
    option : OptionName or None
        Through whose output the ideal prediction is taken.
    label : int or None
        Of the images only those with this label.

    Raises
    ------
    BadInput
        If the data set cannot be read, is empty or too large, or the steps do not fit the schedule.
    """
    followed: Follow = follow or ("draw" if sampler.method == "ancestral" else "mean")
    exact, _ = kept.opened(ExactProcess(source, images=images, follow=followed, label=label, read=read))
    return lane_of_recipe(Lane("", source, option, sampler, exact, schedule), None, where, kept, samples)

"""What `sample` makes of --invert and --between: lanes that start elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from explorer.errors import BadInput
from explorer.recipe import Picture
from explorer.sampling.starts import end_named, picture_named, start_of

if TYPE_CHECKING:
    from explorer.datasets.reading import Background
    from explorer.sampling.lanes import SampledLane


def started_at(
    lane: SampledLane, invert: Sequence[str], between: tuple[str, str] | None, steps: int | None, rounds: int, samples: int,
    paper: Background,
) -> SampledLane:  # fmt: skip
    """The lane, started there, deterministic where nothing was said of its sampler.

    Raises
    ------
    BadInput
        If a picture cannot be read or does not fit, or there are too few stations.
    """
    from explorer.engine.chain.starts import check_start
    from explorer.engine.models.predictors import course_of

    if between is not None and samples < 2:
        raise BadInput(f"--between: a way between two noises has at least 2 stations: --samples {samples} is too few")

    def picture(text: str) -> Picture:
        return picture_named(text, lane.image_shape, lane.lane.exact.dataset if lane.lane.exact is not None else lane.data, paper)

    ends = [end_named(text, picture, steps, "ddim", rounds) for text in between or invert]
    recipe = lane.lane
    if recipe.sampler.method == "ancestral" and recipe.sampler.eta == 1 and recipe.sampler.variance == "small":
        recipe = msgspec.structs.replace(recipe, sampler=msgspec.structs.replace(recipe.sampler, eta=0.0))
        if recipe.exact is not None:
            recipe = msgspec.structs.replace(recipe, exact=msgspec.structs.replace(recipe.exact, follow="mean"))
    recipe = msgspec.structs.replace(recipe, start=start_of(ends, samples if between is not None else 0))
    check_start(recipe, lane.image_shape, lane.predictor.schedule, of_codes=lane.latent is not None)
    return replace(lane, lane=recipe, course=course_of(lane.predictor.schedule, recipe.sampler))

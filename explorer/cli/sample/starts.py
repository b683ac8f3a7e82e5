"""What `sample` makes of --invert and --between: lanes that start elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.recipe import Picture
from explorer.sampling import starts

if TYPE_CHECKING:
    from explorer.datasets.reading import Background
    from explorer.sampling.lanes import SampledLane


def started_at(
    lane: SampledLane, invert: Sequence[str], between: tuple[str, str] | None, steps: int | None, rounds: int, samples: int,
    paper: Background, noisy: bool = False,
) -> SampledLane:  # fmt: skip
    """The lane, started there, deterministic unless noise was asked for.

    Raises
    ------
    BadInput
        If a picture cannot be read or does not fit, or there are too few stations.
    """
    if between is not None and samples < 2:
        raise BadInput(f"--between: a way between two noises has at least 2 stations: --samples {samples} is too few")

    def picture(text: str) -> Picture:
        return starts.picture_named(text, lane.image_shape, starts.data_of(lane), paper)

    ends = [starts.end_named(text, picture, steps, "ddim", rounds) for text in between or invert]
    return starts.started_at(lane, starts.start_of(ends, samples if between is not None else 0), noisy)

"""What chains from Python start from: noise of a sample, a picture taken back to its noise, or x_T itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import BadInput
from explorer.python.images import Image, array_given, floats, pixels_given, rows_of

if TYPE_CHECKING:
    from explorer.recipe.start import End
    from explorer.sampling.lanes import SampledLane

Start = Image | Sequence[Image]


def ends_given(given: Start) -> list[Image]:
    """The ends of a start, as they were given; an array may be several."""
    return list(given) if isinstance(given, list | tuple) else [given if isinstance(given, str | Path) else np.asarray(given)]


def ends_of(given: Sequence[Image], lane: SampledLane, steps: int | None, rounds: int) -> list[End]:
    """The ends for a lane, in its order.

    Parameters
    ----------
    steps : int or None
        Of the way up from a picture; None is 50.
    rounds : int
        How often each step up is taken again.

    Raises
    ------
    BadInput
        If one cannot be read or does not fit the lane.
    """
    return [end for each in given for end in _ends(each, lane, steps, rounds)]


def _ends(given: Image, lane: SampledLane, steps: int | None, rounds: int) -> list[End]:
    from explorer.recipe import Picture, picture_of
    from explorer.recipe.start import INVERSION_STEPS, Inverted, given_of
    from explorer.sampling.starts import data_of, end_named, picture_named

    name, shape = lane.lane.source, lane.image_shape
    if isinstance(given, str | Path):

        def picture(text: str) -> Picture:
            return picture_named(text, shape, data_of(lane))

        return [end_named(str(given), picture, steps, "ddim", rounds)]
    array = array_given(given, name)
    try:
        if array.dtype == np.uint8:
            pictures = [picture_of(pixels) for pixels in pixels_given(array, shape, name)]
            return [Inverted(each, INVERSION_STEPS if steps is None else steps, "ddim", rounds) for each in pictures]
        states = floats(rows_of(array, shape, name), name, "x_T is of floats, a picture of uint8")
        return [given_of(x_T) for x_T in states]
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from None

"""Starts of chains as somebody types them (a picture's file, a test image, the noise of a sample), and lanes that start there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from explorer.datasets.images import load_images, read_picture
from explorer.datasets.reading import Background, Reading
from explorer.datasets.shipped import is_dark, shipped
from explorer.engine.chain.starts import check_start
from explorer.engine.models.predictors import course_of
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe import Picture, picture_of
from explorer.recipe.start import INVERSION_STEPS, End, Inverted, NoiseOf, Start, Upwards
from explorer.sampling.lanes import SampledLane

NOISE = re.compile(r"(\d+):(\d+)")
TEST_IMAGE = re.compile(r"([a-z]+):(\d+)")
ENDS = "a picture, a test image as mnist:7, or the noise of a sample as SEED:SAMPLE"


def picture_named(text: str, shape: tuple[int, int, int], data: str, paper: Background = "white") -> Picture:
    """The picture of a file, or a test image as "mnist:7", at the shape of a model's images.

    Parameters
    ----------
    data : str
        What the model was trained on: digits are light on dark.

    Raises
    ------
    BadInput
        If it cannot be read, or there is no such image.
    """
    told = TEST_IMAGE.fullmatch(text)
    if told is not None and shipped(told[1]) is not None:
        known, index = load_images(told[1], "test"), int(told[2])
        if index >= len(known.images):
            raise BadInput(f"{text}: {told[1]} has the test images 0 to {len(known.images) - 1:,}")
        raw, dark = known.images[index], False
    else:
        raw, dark = read_picture(Path(text), Reading(background=paper)), is_dark(data)
    try:
        fitted = fit_picture(np.asarray(raw), shape, dark)
    except ValueError as error:
        raise BadInput(f"{text}: {error}") from None
    return picture_of(fitted, text if told is not None else Path(text).name)


def end_named(text: str, picture: Callable[[str], Picture], steps: int | None, solver: Upwards, rounds: int) -> End:
    """An end: SEED:SAMPLE is noise, all else a picture (BadInput if it cannot be)."""
    noise = NOISE.fullmatch(text)
    try:
        if noise is not None:
            return NoiseOf(int(noise[2]), int(noise[1]))
        return Inverted(picture(text), INVERSION_STEPS if steps is None else steps, solver, rounds)
    except ValueError as error:
        raise BadInput(f"{text}: {error}") from None


def start_of(ends: Sequence[End], stations: int = 0) -> Start:
    """A start (BadInput if there is none such)."""
    try:
        return Start(tuple(ends), stations)
    except ValueError as error:
        raise BadInput(f"the start of the chain: {error}") from None


def started_at(lane: SampledLane, start: Start, noisy: bool = False) -> SampledLane:
    """The lane, started there: deterministic, unless noise was asked for, so that the start alone decides.

    Parameters
    ----------
    noisy : bool
        The sampler, or its noise, is what somebody asked for.

    Raises
    ------
    BadInput
        If a picture or a given x_T does not fit.
    """
    recipe = lane.lane
    if not noisy and recipe.sampler.method == "ancestral" and recipe.sampler.eta == 1 and recipe.sampler.variance == "small":
        recipe = msgspec.structs.replace(recipe, sampler=msgspec.structs.replace(recipe.sampler, eta=0.0))
        if recipe.exact is not None:
            recipe = msgspec.structs.replace(recipe, exact=msgspec.structs.replace(recipe.exact, follow="mean"))
    recipe = msgspec.structs.replace(recipe, start=start)
    check_start(recipe, lane.image_shape, lane.predictor.schedule, of_codes=lane.latent is not None)
    return replace(lane, lane=recipe, course=course_of(lane.predictor.schedule, recipe.sampler))


def data_of(lane: SampledLane) -> str:
    """What a lane's images are like: the data set's name."""
    return lane.lane.exact.dataset if lane.lane.exact is not None else lane.data

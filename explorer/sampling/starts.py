"""Starts of chains as somebody types them: a picture's file, a test image, the noise of a sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from explorer.datasets.images import load_images, read_picture
from explorer.datasets.reading import Background, Reading
from explorer.datasets.shipped import is_dark, shipped
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe import Picture, picture_of
from explorer.recipe.start import INVERSION_STEPS, End, Inverted, NoiseOf, Start, Upwards

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

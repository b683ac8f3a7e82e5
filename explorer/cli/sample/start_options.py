"""Options that say what chains start from, of the same names on `sample` and `invert`."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.recipe.start import INVERSION_STEPS, MAX_ROUNDS

INVERT_HELP = (
    "Start from the noise that this picture comes from (DDIM inversion), or a test image as mnist:7; of several, sample i takes the i-th. "
    "Sampled without noise unless told."
)
BETWEEN_HELP = (
    "Start on the great circle between two noises, a station for each sample: each a picture, mnist:7, or SEED:SAMPLE. "
    "Sampled without noise unless told."
)
InvertStepsOption = Annotated[
    int | None, typer.Option(min=1, help=f"Steps of the way up from a picture ({INVERSION_STEPS}).", show_default=False)
]
InvertRoundsOption = Annotated[
    int, typer.Option(min=0, max=MAX_ROUNDS, help="How often each step up is taken again with what it led to; 0 is plain DDIM inversion.")
]

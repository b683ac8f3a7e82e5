"""PNG and GIF with their recipe inside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer import __version__
from explorer.exports.whole import whole
from explorer.recipe import Recipe, encode_recipe

RECIPE_KEY = "recipe"
LAST_FRAME_SECONDS = 1.5


def write_png(path: Path, picture: np.ndarray, recipe: Recipe) -> None:
    """A picture (H, W) or (H, W, 3) uint8; the recipe is its text chunk "recipe".

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    chunks = PngInfo()
    chunks.add_text("Software", f"Generative Explorer {__version__}")
    chunks.add_itxt(RECIPE_KEY, encode_recipe(recipe))
    with whole(path) as partial:
        Image.fromarray(picture).save(partial, "PNG", pnginfo=chunks, optimize=True)


def write_gif(path: Path, frames: Iterable[np.ndarray], recipe: Recipe, fps: float) -> None:
    """A film of pictures (H, W) or (H, W, 3) uint8, its last one held; the recipe is its comment.

    Grey pictures keep their values exactly; colours are reduced to 256 in each.

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    pictures = [Image.fromarray(frame) for frame in frames]
    durations = [round(1000 / fps)] * (len(pictures) - 1) + [round(1000 * LAST_FRAME_SECONDS)]
    with whole(path) as partial:
        pictures[0].save(
            partial, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False,
            comment=encode_recipe(recipe).encode(),
        )  # fmt: skip

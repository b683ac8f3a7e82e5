"""PNG with its recipe inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer import __version__
from explorer.exports.atomic import whole
from explorer.recipe import Recipe, encode_recipe

RECIPE_KEY = "recipe"
SMALL_PIXELS = 2**22
"""Up to here a smaller file is worth the time that it takes."""


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
        Image.fromarray(picture).save(partial, "PNG", pnginfo=chunks, optimize=picture.size <= SMALL_PIXELS)

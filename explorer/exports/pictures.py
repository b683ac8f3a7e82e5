"""PNG with its recipe inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
PEEKED_BYTES = 2**16
"""Our recipes stand before the pixels."""


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


@contextmanager
def png_picture(path: Path, recipe: Recipe, _fps: float = 0) -> Iterator[Callable[[np.ndarray], None]]:
    """`write_png` in the shape of a film: the one picture that is added is the file."""
    yield lambda picture: write_png(path, picture, recipe)


def recipe_text(path: Path) -> str:
    """The recipe of a PNG or a GIF, empty if it has none."""
    with Image.open(path) as picture:
        if picture.format == "PNG":
            picture.load()  # text chunks may follow the pixels
            return str(picture.info.get(RECIPE_KEY, ""))
        return bytes(picture.info.get("comment", b"")).decode()


def png_may_be_ours(path: Path) -> bool:
    """Whether a PNG has a text chunk of our name near its beginning."""
    return has_mark(path, b"iTXt" + RECIPE_KEY.encode() + b"\0")


def has_mark(path: Path, mark: bytes) -> bool:
    """Whether some bytes are near a file's beginning (OSError if it cannot be read)."""
    with path.open("rb") as file:
        return mark in file.read(PEEKED_BYTES)

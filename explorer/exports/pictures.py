"""PNG with its recipe inside."""

from __future__ import annotations

import struct
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
SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"iTXt", b"tEXt", b"zTXt")
MOST_CHUNKS = 2**17
"""Of a gigabyte in the smallest pieces that programs write."""


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
    """The recipe of a PNG, empty if it has none."""
    with Image.open(path) as picture:
        picture.load()  # text chunks may follow the pixels
        return str(picture.info.get(RECIPE_KEY, ""))


def png_may_be_ours(path: Path) -> bool:
    """Whether a PNG has a text chunk of our name, of whichever kind and wherever a program that saved it again has put it.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    key = RECIPE_KEY.encode() + b"\0"
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            return False
        for _ in range(MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                return False
            length, kind = struct.unpack(">I4s", head)
            behind = file.tell() + length + 4
            if kind in TEXTS and file.read(len(key)) == key:
                return True
            file.seek(behind)
    return False

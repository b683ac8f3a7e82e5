"""The recipe inside an exported file."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import imageio_ffmpeg
import numpy as np
from PIL import Image

from explorer.endings import EXPORTS
from explorer.errors import BadInput
from explorer.exports.pictures import RECIPE_KEY
from explorer.paths import is_file
from explorer.recipe import Recipe, decode_recipe

MAX_RECIPE_BYTES = 2**26
FFMPEG_SECONDS = 60
PEEKED_BYTES = 2**16
"""Our recipes stand before the pixels."""


class NoRecipe(BadInput):
    """A file that can be read and has no recipe inside: it may be of any other origin."""


def read_recipe(path: Path) -> Recipe:
    """Recipe in a .png, .gif, .mp4 or .npz that this app wrote.

    Raises
    ------
    BadInput
        If the file is missing, cannot be read, or has no recipe (NoRecipe) or one that is not valid.
    """
    readers = {".png": _of_picture, ".gif": _of_picture, ".mp4": _of_film, ".npz": _of_arrays}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path}: recipes are in files that end in {', '.join(EXPORTS)}")
    if not is_file(path):
        raise BadInput(f"{path}: no such file")
    try:
        text = reader(path)
    except Exception as error:  # the readers raise many kinds for a damaged file
        raise BadInput(f"{path}: cannot be read: {error}") from None
    if not text:
        raise NoRecipe(f"{path}: has no recipe inside")
    return decode_recipe(text, str(path))


def may_have_recipe(path: Path) -> bool:
    """Whether a picture's first bytes, or the names in an archive, have what this app writes: enough to tell its exports from others.

    True for films; False if the file cannot be read.
    """
    if path.suffix.lower() == ".npz":
        try:
            with ZipFile(path) as archive:
                return f"{RECIPE_KEY}.npy" in archive.namelist()
        except (OSError, BadZipFile):
            return False
    mark = {".png": b"iTXt" + RECIPE_KEY.encode() + b"\0", ".gif": b"\x21\xfe"}.get(path.suffix.lower())
    if mark is None:
        return True
    try:
        with path.open("rb") as file:
            return mark in file.read(PEEKED_BYTES)
    except OSError:
        return False


def _of_picture(path: Path) -> str:
    with Image.open(path) as picture:
        if picture.format == "PNG":
            picture.load()  # text chunks may follow the pixels
            return str(picture.info.get(RECIPE_KEY, ""))
        return bytes(picture.info.get("comment", b"")).decode()


def _of_film(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "ffmetadata", "-"]
    result = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, stdin=subprocess.DEVNULL)
    if result.returncode:
        raise BadInput(result.stderr.decode(errors="replace").strip().splitlines()[-1])
    found = re.search(r"^comment=((?:[^\\\n]|\\.)*)", result.stdout.decode(), re.MULTILINE | re.DOTALL)
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL) if found else ""


def _of_arrays(path: Path) -> str:
    with np.load(path, allow_pickle=False) as archive:
        if RECIPE_KEY not in archive.files:
            return ""
        if archive.zip.getinfo(f"{RECIPE_KEY}.npy").file_size > MAX_RECIPE_BYTES:
            raise BadInput("its recipe is too large")
        return str(archive[RECIPE_KEY])

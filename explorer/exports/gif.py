"""GIF with its recipe inside, written picture by picture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import GifImagePlugin, Image

from explorer.exports.atomic import whole
from explorer.recipe import Recipe, encode_recipe

LAST_FRAME_SECONDS = 1.5
TRAILER = b";"
EXTENSION, COMMENT = 0x21, 0xFE
RECIPE_BEGINS = b"{"
MOST_BLOCKS = 2**16


@contextmanager
def gif_film(path: Path, recipe: Recipe, fps: float) -> Iterator[Callable[[np.ndarray], None]]:
    """A film that grows by the pictures (H, W) or (H, W, 3) uint8 that are given, its last one held; the recipe is its comment.

    Grey pictures keep their values exactly; colours are reduced to 256 in each. Nothing is left of the file if the block raises.

    Raises
    ------
    BadInput
        If it cannot be written.
    """
    with whole(path) as partial, partial.open("wb") as file:
        writer = _Writer(file, encode_recipe(recipe).encode(), fps)
        yield writer.add
        writer.end()


def may_be_ours(path: Path) -> bool:
    """Whether a GIF has a comment before its first picture that looks like a recipe (OSError if it cannot be read)."""
    try:
        return bool(recipe_text(path))
    except ValueError:
        return False


def recipe_text(path: Path) -> str:
    """The comment that is a recipe, whatever comments another program has put before it; empty if there is none (ValueError: no GIF)."""
    with path.open("rb") as file:
        found = next((comment for comment in _comments(file) if comment.startswith(RECIPE_BEGINS)), b"")
    return found.decode(errors="replace")


def _comments(file: BinaryIO) -> Iterator[bytes]:
    """Those before the first picture."""
    header = file.read(13)
    if len(header) < 13 or not header.startswith(b"GIF8"):
        raise ValueError("it is no GIF")
    if header[10] & 0x80:
        file.seek(3 * 2 ** ((header[10] & 0x07) + 1), os.SEEK_CUR)
    while (head := file.read(2)) and head[0] == EXTENSION and len(head) == 2:
        parts = []
        for _ in range(MOST_BLOCKS):
            size = file.read(1)
            if size in (b"", b"\0"):
                break
            parts.append(file.read(size[0]))
        if head[1] == COMMENT:
            yield b"".join(parts)


class _Writer:
    """Holds one picture back: the last one has another duration.

    A GIF counts in hundredths of a second: what rounding takes from one picture the next ones get, so that the film is as long as it
    should be.
    """

    def __init__(self, file: BinaryIO, comment: bytes, fps: float) -> None:
        self._file, self._comment, self._fps = file, comment, fps
        self._shown = 0
        self._held: np.ndarray | None = None
        self._before: np.ndarray | None = None

    def add(self, frame: np.ndarray) -> None:
        if self._held is not None:
            begins, self._shown = self._hundredths(), self._shown + 1
            self._write(self._held, 10 * (self._hundredths() - begins))
        self._held = np.ascontiguousarray(frame)

    def end(self) -> None:
        if self._held is not None:
            self._write(self._held, round(1000 * LAST_FRAME_SECONDS))
        self._file.write(TRAILER)

    def _hundredths(self) -> int:
        """From the beginning to the end of what was shown."""
        return round(100 * self._shown / self._fps)

    def _write(self, frame: np.ndarray, milliseconds: int) -> None:
        grey = frame.ndim == 2
        if self._before is None:
            first = Image.fromarray(frame) if grey else _with_palette(frame)
            header, _ = GifImagePlugin.getheader(first, info={"loop": 0, "comment": self._comment})
            self._file.write(b"".join(header))
        top, left, bottom, right = _changed(self._before, frame)
        part = np.ascontiguousarray(frame[top:bottom, left:right])
        picture = Image.fromarray(part) if grey else _with_palette(part)
        data = GifImagePlugin.getdata(picture, (left, top), duration=milliseconds, include_color_table=not grey)
        self._file.write(b"".join(data))
        self._before = frame


def _with_palette(frame: np.ndarray) -> Image.Image:
    return Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE)


def _changed(before: np.ndarray | None, frame: np.ndarray) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of what differs from the picture before; at least one pixel."""
    if before is None:
        return 0, 0, frame.shape[0], frame.shape[1]
    differs = before != frame
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1

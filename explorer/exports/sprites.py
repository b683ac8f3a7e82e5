"""Sprites: many states in one PNG inside a page, which shows one of them at a time by moving it behind a window of a state's size."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.exports.pixels import as_uint8

GAP = 1
TALLEST = 8192
"""Pixels of a PNG: browsers draw what is larger than a texture of theirs blurred, or not at all."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A PNG of states, row by row.

    Attributes
    ----------
    png : bytes
    width, height : int
        Of one state, in pixels of the images.
    across, down : int
        States beside and below each other.
    """

    png: bytes
    width: int
    height: int
    across: int
    down: int

    @property
    def uri(self) -> str:
        """Itself as the address of a picture."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode()

    @property
    def size(self) -> str:
        """Its size as a background, with its window as 100 %."""
        return f"{100 * self.across}% {100 * self.down}%"

    def position(self, state: int) -> str:
        """Its place as a background where that state is seen."""
        return " ".join(f"{100 * at / (many - 1) if many > 1 else 0:.6g}%" for at, many in self._place(state))

    def _place(self, state: int) -> tuple[tuple[int, int], tuple[int, int]]:
        return (state % self.across, self.across), (state // self.across, self.down)


def grid_size(samples: int, height: int, width: int, columns: int) -> tuple[int, int]:
    """Width and height of a state: its samples in so many columns."""
    return columns * (width + GAP) - GAP, math.ceil(samples / columns) * (height + GAP) - GAP


def sprite(images: np.ndarray, columns: int) -> Sprite:
    """States (S, n, C, H, W) in [-1, 1], C 1 or 3, each a grid of its samples of so many columns; NaN and what lies between is clear."""
    states, samples, channels, height, width = images.shape
    wide, tall = grid_size(samples, height, width, columns)
    # between samples there is nothing: the page shows through, whatever its colour
    sheet = np.zeros((states, tall, wide, 4 if channels == 3 else 2), np.uint8)
    pixels = as_uint8(images).transpose(0, 1, 3, 4, 2)
    there = 255 * (~np.isnan(images).any(axis=2)).astype(np.uint8)
    for i in range(samples):
        top, left = (i // columns) * (height + GAP), (i % columns) * (width + GAP)
        sheet[:, top : top + height, left : left + width, :-1] = pixels[:, i]
        sheet[:, top : top + height, left : left + width, -1] = there[:, i]
    bands = sheet.shape[-1]
    across = math.ceil(states / max(1, TALLEST // tall))
    down = math.ceil(states / across)
    filled = np.zeros((down * across, tall, wide, bands), np.uint8)
    filled[:states] = sheet
    whole = filled.reshape(down, across, tall, wide, bands).swapaxes(1, 2).reshape(down * tall, across * wide, bands)
    written = io.BytesIO()
    Image.fromarray(whole).save(written, "PNG")
    return Sprite(written.getvalue(), wide, tall, across, down)


def evenly(last: int, count: int) -> list[int]:
    """At most so many of the states 0..last, evenly spaced, the last one always."""
    count = min(last + 1, count)
    return sorted({round(last * i / (count - 1)) for i in range(count)}) if count > 1 else [last]

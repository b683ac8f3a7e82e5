"""Small multiples: lanes against samples, each row and column labelled, pixels sharp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image, ImageDraw

from explorer.exports.sheet import BACKGROUND, INK, LINE_HEIGHT, TILE_GAP, TILE_SIDE, WIDEST, text_font

MARGIN = 8
MUTED = 140


@dataclass(frozen=True)
class SmallMultiples:
    """Layout of a labelled grid: one column a lane, one row a sample.

    Attributes
    ----------
    samples : int
    image_shape : (C, H, W)
        C is 1 or 3.
    labels : tuple of str
        One a lane.
    scale : int or None
        Pixels of the picture for each pixel of an image; None chooses a size that can be looked at.
    captioned : bool
        Leave a line for a caption below.
    numbers : tuple of int
        Of the samples, one a row; empty is 0, 1, ...
    labelled : bool
        Labels and the samples' numbers are drawn.
    """

    samples: int
    image_shape: tuple[int, int, int]
    labels: tuple[str, ...]
    scale: int | None = None
    captioned: bool = False
    numbers: tuple[int, ...] = ()
    labelled: bool = True

    @cached_property
    def factor(self) -> int:
        """Pixels of the picture for each pixel of an image."""
        if self.scale is not None:
            return self.scale
        _, height, width = self.image_shape
        return max(1, min(TILE_SIDE // max(height, width), WIDEST // (len(self.labels) * width)))

    @cached_property
    def column(self) -> int:
        """Width of a column: an image, or its label where that is wider."""
        font = text_font()
        widest = max((math.ceil(font.getlength(label)) for label in self.labels), default=0) if self.labelled else 0
        return max(self.image_shape[2] * self.factor, min(widest, 160)) + 2 * MARGIN

    @cached_property
    def left(self) -> int:
        """Width of the samples' numbers."""
        return math.ceil(text_font().getlength(str(max(self.numbers, default=self.samples - 1)))) + 2 * MARGIN if self.labelled else 0

    @property
    def _top(self) -> int:
        return LINE_HEIGHT if self.labelled else 0

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        row = self.image_shape[1] * self.factor + TILE_GAP
        return self._top + self.captioned * LINE_HEIGHT + self.samples * row - TILE_GAP, self.left + len(self.labels) * self.column

    def draw(self, lanes: Sequence[np.ndarray], caption: str = "") -> np.ndarray:
        """Picture (H, W) or (H, W, 3) of uint8 tiles, each lane's (N, C, h, w)."""
        colour = self.image_shape[0] >= 3
        canvas = np.full((*self.size, 3) if colour else self.size, BACKGROUND, np.uint8)
        height, width = self.image_shape[1] * self.factor, self.image_shape[2] * self.factor
        for index, tiles in enumerate(lanes):
            x = self.left + index * self.column + (self.column - width) // 2
            for sample, tile in enumerate(tiles):
                y = self._top + sample * (height + TILE_GAP)
                sharp = tile.repeat(self.factor, 1).repeat(self.factor, 2)
                canvas[y : y + height, x : x + width] = sharp[:3].transpose(1, 2, 0) if colour else sharp[0]
        picture = Image.fromarray(canvas)
        self._write(picture, height, caption)
        return np.asarray(picture)

    def _write(self, picture: Image.Image, height: int, caption: str) -> None:
        draw, font = ImageDraw.Draw(picture), text_font()

        def ink(value: int) -> int | tuple[int, int, int]:
            return value if picture.mode == "L" else (value,) * 3

        for index, label in enumerate(self.labels if self.labelled else ()):
            text = label
            while len(text) > 1 and font.getlength(text) > self.column - MARGIN:
                text = text[:-2] + "…"
            draw.text((self.left + (index + 0.5) * self.column, LINE_HEIGHT / 2), text, ink(INK), font, anchor="mm")
        for sample in range(self.samples if self.labelled else 0):
            y = self._top + sample * (height + TILE_GAP) + height / 2
            draw.text((self.left - MARGIN, y), str(self.numbers[sample] if self.numbers else sample), ink(MUTED), font, anchor="rm")
        if self.captioned:
            draw.text((MARGIN, self.size[0] - LINE_HEIGHT / 2), caption, ink(INK), font, anchor="lm")

"""Tiles on a sheet: the samples of each lane as a grid, lanes side by side, pixels sharp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explorer.resources import read_as_shipped, resource

BACKGROUND, INK = 30, 214
TILE_GAP, LANE_GAP, LINE_HEIGHT, FONT_SIZE = 2, 16, 24, 13
TILE_SIDE, WIDEST = 96, 1920


@dataclass(frozen=True)
class Sheet:
    """Layout of a picture.

    Attributes
    ----------
    samples : int
        Tiles of each lane.
    image_shape : (C, H, W)
        C is 1 or 3; of more channels the first three are shown.
    labels : tuple of str
        One a lane; drawn if there are several lanes.
    columns : int or None
        Tiles in a row; about square if None.
    scale : int or None
        Pixels of the sheet for each pixel of an image; None chooses a size that can be looked at.
    captioned : bool
        Leave a line for a caption below.
    gap : int
        Pixels between tiles.
    labelled : bool
        The labels of several lanes are drawn.
    """

    samples: int
    image_shape: tuple[int, int, int]
    labels: tuple[str, ...] = ("",)
    columns: int | None = None
    scale: int | None = None
    captioned: bool = False
    gap: int = TILE_GAP
    labelled: bool = True

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        columns = self.columns or math.ceil(math.sqrt(self.samples))
        return math.ceil(self.samples / columns), columns

    @cached_property
    def factor(self) -> int:
        """Pixels of the sheet for each pixel of an image."""
        if self.scale is not None:
            return self.scale
        _, height, width = self.image_shape
        across = self.grid[1] * width * len(self.labels)
        return max(1, min(TILE_SIDE // max(height, width), WIDEST // across))

    @cached_property
    def lane_size(self) -> tuple[int, int]:
        """Height and width of one lane's grid, in pixels."""
        (rows, columns), (_, height, width) = self.grid, self.image_shape
        return rows * (height * self.factor + self.gap) - self.gap, columns * (width * self.factor + self.gap) - self.gap

    @property
    def _heads(self) -> bool:
        return self.labelled and len(self.labels) > 1

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the sheet, in pixels."""
        height, width = self.lane_size
        lines = self._heads + self.captioned
        return height + lines * LINE_HEIGHT, len(self.labels) * (width + LANE_GAP) - LANE_GAP

    def draw(self, lanes: Sequence[np.ndarray], caption: str = "") -> np.ndarray:
        """Picture (H, W) or (H, W, 3) of uint8 tiles, each lane's (N, C, h, w)."""
        colour = self.image_shape[0] >= 3
        canvas = np.full((*self.size, 3) if colour else self.size, BACKGROUND, np.uint8)
        top = LINE_HEIGHT if self._heads else 0
        lane_height, lane_width = self.lane_size
        for index, tiles in enumerate(lanes):
            left = index * (lane_width + LANE_GAP)
            self._place(canvas[top : top + lane_height, left : left + lane_width], tiles)
        if not (top or self.captioned):
            return canvas
        picture = Image.fromarray(canvas)
        if top:
            for index, label in enumerate(self.labels):
                _write(picture, label, index * (lane_width + LANE_GAP), 0, lane_width)
        if self.captioned:
            _write(picture, caption, 0, self.size[0] - LINE_HEIGHT, self.size[1])
        return np.asarray(picture)

    def _place(self, area: np.ndarray, tiles: np.ndarray) -> None:
        _, height, width = self.image_shape
        height, width = height * self.factor, width * self.factor
        columns = self.grid[1]
        for index, tile in enumerate(tiles):
            y, x = index // columns * (height + self.gap), index % columns * (width + self.gap)
            sharp = tile.repeat(self.factor, 1).repeat(self.factor, 2)
            area[y : y + height, x : x + width] = sharp[:3].transpose(1, 2, 0) if area.ndim == 3 else sharp[0]


def text_font(size: int = FONT_SIZE) -> ImageFont.FreeTypeFont:
    """The app's own text font, which has the field's letters."""
    path = resource("fonts", "Inter-Regular.otf")
    with read_as_shipped(path):
        return ImageFont.truetype(str(path), size)


def _write(picture: Image.Image, text: str, x: int, y: int, width: int) -> None:
    font = text_font()
    room = width - 8
    while text and font.getlength(text) > room:
        text = text[:-2] + "…" if len(text) > 2 else ""
    ink = INK if picture.mode == "L" else (INK,) * 3
    ImageDraw.Draw(picture).text((x + 4, y + LINE_HEIGHT // 2), text, ink, font, anchor="lm")

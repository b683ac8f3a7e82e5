"""Tiles on a sheet: where each pixel goes."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.exports.sheet import BACKGROUND, LANE_GAP, LINE_HEIGHT, WIDEST, Sheet


def tiles(count: int, channels: int = 1, side: int = 4) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, channels, side, side), np.uint8)


def test_samples_go_row_by_row_with_sharp_pixels() -> None:
    made = tiles(5)
    sheet = Sheet(5, (1, 4, 4), scale=3, gap=2)
    picture = sheet.draw([made])
    assert sheet.grid == (2, 3)
    assert picture.shape == sheet.size == (2 * 12 + 2, 3 * 12 + 2 * 2)
    for index in range(5):
        y, x = index // 3 * 14, index % 3 * 14
        cell = picture[y : y + 12, x : x + 12]
        assert np.array_equal(cell[1::3, 1::3], made[index, 0])
        assert np.array_equal(cell, made[index, 0].repeat(3, 0).repeat(3, 1))
    assert (picture[14:, 28:] == BACKGROUND).all(), "no sixth sample"
    assert (picture[12:14] == BACKGROUND).all()


def test_colour_stays_colour() -> None:
    made = tiles(1, channels=3)
    picture = Sheet(1, (3, 4, 4), scale=1).draw([made])
    assert np.array_equal(picture, made[0].transpose(1, 2, 0))


def test_lanes_side_by_side_under_their_names() -> None:
    first, second = tiles(4, side=28), tiles(4, side=28) // 2
    sheet = Sheet(4, (1, 28, 28), ("A · one", "C · two"), scale=2)
    picture = sheet.draw([first, second])
    width = 2 * 56 + 2
    assert picture.shape == (LINE_HEIGHT + width, 2 * width + LANE_GAP)
    assert np.array_equal(picture[LINE_HEIGHT : LINE_HEIGHT + 56 : 2, 0:56:2], first[0, 0])
    assert np.array_equal(picture[LINE_HEIGHT : LINE_HEIGHT + 56 : 2, width + LANE_GAP : width + LANE_GAP + 56 : 2], second[0, 0])
    for left in (0, width + LANE_GAP):
        assert picture[:LINE_HEIGHT, left : left + width].max() > 150, "a label is written"
    assert (picture[:LINE_HEIGHT, width : width + LANE_GAP] == BACKGROUND).all(), "and cut before the next lane"


def test_a_caption_is_below() -> None:
    sheet = Sheet(1, (1, 28, 28), scale=4, captioned=True)
    plain, captioned = sheet.draw([tiles(1, side=28)]), sheet.draw([tiles(1, side=28)], "t = 412")
    assert np.array_equal(plain[:-LINE_HEIGHT], captioned[:-LINE_HEIGHT])
    assert captioned[-LINE_HEIGHT:].max() > 150 > plain[-LINE_HEIGHT:].max()


@pytest.mark.parametrize(("samples", "side", "lanes", "factor"), [(16, 28, 1, 3), (1, 256, 1, 1), (4096, 28, 1, 1), (1, 8, 1, 12)])
def test_the_size_can_be_looked_at(samples: int, side: int, lanes: int, factor: int) -> None:
    sheet = Sheet(samples, (1, side, side), ("",) * lanes)
    assert sheet.factor == factor
    assert factor == 1 or sheet.size[1] <= WIDEST + 2 * sheet.grid[1]

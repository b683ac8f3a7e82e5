"""Coarse looks at pictures: ever fewer shades and pixels, each of them a pixel that is there, or the mean of those of its shade."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from explorer.engine.pictures.coarse import Grain, coarse, grains
from explorer.engine.pictures.tiles import diverging_map, diverging_tiles, grey_tiles
from explorer.engine.process.elsewhere.packing import packed

NOISE = np.random.default_rng(0).normal(size=(16, 1, 28, 28)).astype(np.float32)


@pytest.mark.parametrize(("height", "width"), [(28, 28), (32, 32), (64, 48), (256, 256), (3, 17), (1, 1)])
def test_ever_coarser_ones_take_ever_less(height: int, width: int) -> None:
    ladder = list(grains(height, width))
    assert ladder[0] == Grain(16, 1)
    assert all(finer.bits(3) > coarser.bits(3) for finer, coarser in pairwise(ladder))
    if min(height, width) < 28:
        return  # edges count for more
    noise = np.random.default_rng(1).integers(0, 256, (8, height, width, 3), np.uint8)
    sizes = [len(small[1]) for grain in ladder if (small := packed(coarse(noise, grain))) is not None]
    assert sizes == sorted(sizes, reverse=True)


def test_large_pictures_lose_pixels_before_shades() -> None:
    assert list(grains(256, 256))[1:4] == [Grain(16, 2), Grain(16, 4), Grain(16, 8)]
    assert list(grains(28, 28))[1:3] == [Grain(8, 1), Grain(4, 1)]


@pytest.mark.parametrize("grain", list(grains(28, 28)))
def test_few_colours_stay_what_they_are(grain: Grain) -> None:
    two = np.where(np.random.default_rng(2).random((4, 28, 28, 1)) < 0.3, 255, 0).astype(np.uint8).repeat(3, axis=3)
    found = coarse(two, grain)
    assert (found.shape, found.dtype) == (two.shape, two.dtype)
    block = grain.block
    rows = np.arange(28) // block * block
    np.testing.assert_array_equal(found, two[:, rows[:, None], rows])


def test_noise_is_as_noisy_as_it_is_and_right_up_to_half_a_shade() -> None:
    tiles = grey_tiles(NOISE / 2)
    for grain in grains(28, 28):
        found = coarse(tiles, grain)
        assert len(np.unique(found.reshape(-1, 3), axis=0)) <= grain.shades
        assert found.std() > 0.8 * tiles.std(), "averages over squares would be grey"
        if grain.block == 1:
            assert np.abs(found.astype(int) - tiles).max() <= 255 / (grain.shades - 1), "half a shade from its middle"


def test_what_a_map_has_no_colour_for_is_not_shown() -> None:
    tiles = diverging_tiles(NOISE, 3.0, "dark")
    found = coarse(tiles, Grain(4, 1))
    distance = np.abs(found.reshape(-1, 1, 3).astype(int) - diverging_map("dark")[None].astype(int)).sum(2).min(1)
    assert distance.max() <= 12

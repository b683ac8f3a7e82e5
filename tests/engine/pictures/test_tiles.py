"""Values as pictures: images, and signed quantities of grey and of coloured ones."""

from __future__ import annotations

import numpy as np

from explorer.engine.pictures.tiles import diverging_map, diverging_tiles, tiles_of


def test_each_channel_of_a_signed_quantity_is_shown_by_itself_around_grey() -> None:
    values = np.zeros((1, 3, 1, 4), np.float32)
    values[0, 0, 0, 1] = 2.0  # red too high
    values[0, :, 0, 2] = (-2.0, 9.0, -1.0)  # beyond the scale, and half of it
    values[0, 2, 0, 3] = np.nan
    (tile,) = diverging_tiles(values, 2.0, "light")
    assert tile[0].tolist() == [[128, 128, 128], [255, 128, 128], [0, 255, 64], [128, 128, 128]]


def test_their_mean_and_a_single_channel_go_through_the_map_with_two_ends() -> None:
    colour = np.array([3.0, -3.0, 3.0], np.float32).reshape(1, 3, 1, 1)
    (mean,) = diverging_tiles(colour, 2.0, "dark", by_mean=True)
    (grey,) = diverging_tiles(np.ones((1, 1, 1, 1), np.float32), 2.0, "dark")
    assert mean[0, 0].tolist() == grey[0, 0].tolist() == diverging_map("dark")[191].tolist()


def test_an_image_is_an_image_whatever_is_said_of_signed_quantities() -> None:
    image = np.array([-1.0, 0.0, 1.0], np.float32).reshape(1, 3, 1, 1)
    for by_mean in (False, True):
        tiles, scale = tiles_of(image, "x_t", "dark", by_mean)
        assert (tiles[0, 0, 0].tolist(), scale) == ([0, 128, 255], 1.0)

"""Maps from values to colours."""

from __future__ import annotations

import numpy as np

from explorer.engine.pictures.colour_maps import class_blend, coloured, uniform_map


def test_the_uniform_map_gets_lighter_all_the_way() -> None:
    linear = (uniform_map() / 255.0) ** 2.2
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    lightness = 116 * np.cbrt(luminance) - 16
    steps = np.diff(lightness)
    assert (np.add.reduceat(steps, np.arange(0, 255, 15)) > 0).all()


def test_values_beyond_the_ends_take_their_colours() -> None:
    shown = coloured(np.array([-5.0, 0.0, 1.0, 9.0, np.nan]), 0.0, 1.0)
    np.testing.assert_array_equal(shown, uniform_map()[[0, 0, 255, 255, 0]])


def test_a_logarithmic_map_is_even_in_ratios() -> None:
    shown = coloured(np.array([0.0, 1.0, 10.0, 100.0]), 1.0, 100.0, logarithmic=True)
    np.testing.assert_array_equal(shown, uniform_map()[[0, 0, 128, 255]])


def test_classes_are_mixed_by_their_shares() -> None:
    shown = class_blend(np.array([[1.0, 0.0], [0.25, 0.75]]), ("#640000", "#0000c8"))
    np.testing.assert_array_equal(shown, [[100, 0, 0], [25, 0, 150]])

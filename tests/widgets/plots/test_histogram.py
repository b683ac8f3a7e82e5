"""Histogram with axes that never move, and the colour scale."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import diverging_map
from explorer.views.chain.lanes.colour_scale import BAR, ColourScale
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.histogram import BINS, Histogram, fractions_of


def test_shares_add_up_and_what_is_beyond_counts_at_the_ends() -> None:
    values = np.array([-100.0, -2.99, 0.01, 0.02, 50.0, np.nan])
    shares = fractions_of(values)
    assert shares.sum() == 1
    assert shares[0] == 2 / 5
    assert shares[-1] == 1 / 5
    assert shares[BINS // 2] == 2 / 5


def test_the_same_values_are_the_same_bars_whatever_came_before(qtbot: QtBot) -> None:
    histogram = Histogram(Theme("dark"))
    qtbot.addWidget(histogram)
    histogram.resize(240, 80)
    noise = np.random.default_rng(0).standard_normal(784)
    histogram.set_values(noise)
    before = histogram.grab().toImage()
    histogram.set_values(np.full(784, -1.0))
    assert histogram.grab().toImage() != before
    histogram.set_values(noise)
    assert histogram.grab().toImage() == before


def test_the_scale_shows_the_colours_that_the_pictures_have(qtbot: QtBot) -> None:
    scale = ColourScale(Theme("light"))
    qtbot.addWidget(scale)
    scale.resize(scale.sizeHint())
    scale.set_scale(3.0, diverging=True)
    picture = scale.grab().toImage()
    row = [picture.pixelColor(28 + x, scale.height() // 2) for x in range(2, BAR.width() - 2)]
    colours = diverging_map("light")
    assert abs(np.array(row[0].getRgb()[:3]) - colours[5]).max() < 20
    assert abs(np.array(row[-1].getRgb()[:3]) - colours[-6]).max() < 20
    assert min(row[len(row) // 2].getRgb()[:3]) > 220, "nothing is near white"
    assert scale.accessibleDescription() == "-3 to 3"

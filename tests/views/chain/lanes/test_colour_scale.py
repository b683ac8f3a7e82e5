"""The colour scale: of grey and of coloured images, and the choice between two ways to show signed quantities of the latter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.recipe import ExactProcess, Lane, Sampler
from explorer.views.chain.lanes.colour_scale import Channels, ColourScale
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.look.sharp import pixels_of
from explorer.widgets.look.theme import Theme


@pytest.mark.parametrize(
    ("diverging", "channels", "rows", "clicks"),
    [(False, "grey", 1, 0), (False, "each", 3, 0), (True, "grey", 1, 0), (True, "each", 3, 1), (True, "mean", 1, 1)],
)
def test_a_stripe_for_each_channel_and_a_click_where_there_is_a_choice(
    qtbot: QtBot, diverging: bool, channels: Channels, rows: int, clicks: int
) -> None:
    scale = ColourScale(Theme("dark"))
    qtbot.addWidget(scale)
    scale.set_scale(3.0, diverging, channels)
    bar = pixels_of(scale._bar())
    assert bar.shape == (rows, 256, 3)
    if channels == "each":
        zero = 128 if diverging else 0
        assert bar[0, 255].tolist() == [255, zero, zero]
        assert bar[2, 0].tolist() == [zero, zero, 0]
    clicked: list[bool] = []
    scale.clicked.connect(lambda: clicked.append(True))
    QTest.mouseClick(scale, Qt.MouseButton.LeftButton)
    assert len(clicked) == clicks


def test_noise_of_emoji_is_shown_both_ways(open_page: Callable[..., ReverseChainWorkspace], qtbot: QtBot) -> None:
    lane = Lane("", "emoji", None, Sampler(4), ExactProcess("emoji", images=30))
    page = open_page(ReverseChainWorkspace, (lane,), samples=2, t=500, quantity="z")
    page.playback.scrub(500)
    qtbot.waitUntil(lambda: page.idle and page.widgets.scale.channels == "each")
    each = page.grid.tiles.copy()
    QTest.mouseClick(page.widgets.scale, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.idle and page.widgets.scale.channels == "mean")
    assert page.part.state.by_mean
    assert page.looks["by_mean"].isChecked()
    assert not np.array_equal(page.grid.tiles, each)
    page.looks["by_mean"].trigger()
    qtbot.waitUntil(lambda: page.idle and np.array_equal(page.grid.tiles, each))

"""While chains are being made side by side: what the networks expect, lane under lane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import Lane
from explorer.views.chain.lanes.lane_grid import LaneLabel
from explorer.views.compare.expected import SMALLEST, ExpectedCard
from explorer.views.compare.view import CompareWorkspace
from explorer.widgets.look.theme import Theme

Opener = Callable[..., CompareWorkspace]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> CompareWorkspace:
    """Options B and C over all 1000 steps, which no test waits for."""
    return open_page(CompareWorkspace, (lane("B"), lane("C")), wait=False)


def both_shown(page: CompareWorkspace) -> bool:
    tiles = page.expected.card._tiles
    return page.expected.shown and len(tiles) == 2 and all(each is not None for each in tiles)


def test_every_lane_has_its_clean_images_while_it_is_sampled(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: both_shown(page))
    card, frames = page.expected.card, dict(page.expected._frames)
    assert page.controller.run.sampling
    assert not page.widgets.plot.isVisible(), "they stand where the curves will"
    assert card.isVisible()
    for index, key in enumerate(page.controller.keys):
        own = own_chain(key, frames[key].k + 1)
        np.testing.assert_array_equal(card._tiles[index], tiles_of(own.x0_hat[frames[key].k], "x0_hat", "dark")[0])


def test_a_click_selects_the_sample_in_its_lane(page: CompareWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: both_shown(page))
    grid = page.expected.card.grid
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(1, 2).center().toPoint())
    assert (page.part.state.lane, page.part.state.selected) == (1, 2)


def test_a_lane_that_has_its_images_shows_them_beside_one_that_is_being_made(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("B", steps=4),))
    assert not page.expected.shown
    page.set_recipe("one more", lanes=(lane("B", steps=4), lane("C")))
    qtbot.waitUntil(lambda: both_shown(page) and [label.note for label in page.expected.card._labels] == ["finished", ""])
    first, second = page.controller.keys
    assert (page.expected._frames[first].k, page.expected._frames[first].t) == (4, 0)
    assert page.expected._frames[second].t > 0


@pytest.fixture
def card(qtbot: QtBot) -> ExpectedCard:
    made = ExpectedCard(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(900, 170)
    made.show()
    return made


def filled(lanes: int, samples: int) -> tuple[list[LaneLabel], list[np.ndarray | None]]:
    labels = [LaneLabel(f"{lane}", "", "#009e73") for lane in range(lanes)]
    return labels, [np.stack([np.full((28, 28, 3), 10 * sample, np.uint8) for sample in range(samples)]) for _ in range(lanes)]


def test_as_many_samples_as_can_be_seen_are_shown_the_selected_one_among_them(card: ExpectedCard) -> None:
    card.show_lanes(*filled(12, 16), 500, 16)
    card.set_selected(3, 9, [])
    grid = card.grid
    shown = grid.shown
    assert 1 <= len(shown) < 16
    assert 9 in shown
    assert grid.placement.width >= SMALLEST
    assert grid.placement.bottom <= grid.height() + 4
    assert card.words.endswith(f"samples {shown[0]} to {shown[-1]} of 16")
    picture = grid.grab().toImage()
    assert picture.pixelColor(grid.cell_rect(5, 9).center().toPoint()).red() == 90, "of sample 9, not of the first"
    card.set_selected(3, 0, [])
    assert card.words.endswith(f"samples 0 to {len(shown) - 1} of 16")


def test_where_one_sample_alone_fits_it_is_the_selected_one(card: ExpectedCard) -> None:
    card.resize(900, 132)
    card.show_lanes(*filled(5, 16), 500, 16)
    card.set_selected(1, 9, [])
    assert list(card.grid.shown) == [9]
    assert card.words.endswith("· sample 9 of 16")


def test_all_samples_of_few_lanes_are_shown(card: ExpectedCard) -> None:
    card.show_lanes(*filled(3, 16), 500, 16)
    assert card.words == "what the networks expect so far"
    assert card.note.text() == "t = 500"


def test_large_images_are_made_small_instead_of_going_beyond_the_card(card: ExpectedCard) -> None:
    labels = [LaneLabel(name, "", "#009e73") for name in "ab"]
    card.show_lanes(labels, [np.zeros((4, 256, 256, 3), np.uint8)] * 2, 500, 4)
    assert card.grid.y() + card.grid.placement.bottom <= card.height() + 4
    assert card.grid.minimumHeight() == 0

"""The parts of Reverse chain and the handles between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.recipe import FreshNoise, Inpaint, Lane, mask_of
from explorer.state.persistence import Saved, WindowState, decode_saved, encode_saved
from explorer.views.chain.page import ChainPage
from explorer.views.chain.split import Split
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
Opener = Callable[..., ReverseChainWorkspace]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> ReverseChainWorkspace:
    """Option C over 6 steps, 16 samples, at 1280 x 800."""
    made = open_page(ReverseChainWorkspace, (lane("C", steps=6),), samples=16)
    made.window().resize(1280, 800)
    settle(made, qtbot)
    return made


def settle(page: ChainPage, qtbot: QtBot) -> None:
    client = page.context.client
    qtbot.waitUntil(lambda: page.idle and not client.busy)


def window(page: ChainPage) -> MainWindow:
    made = page.window()
    assert isinstance(made, MainWindow)
    return made


def drag(split: Split, index: int, by: int) -> None:
    """Move a handle."""
    handle = split.handle(index)
    middle = handle.rect().center()
    step = QPoint(by, 0) if split.orientation() == Qt.Orientation.Horizontal else QPoint(0, by)
    QTest.mousePress(handle, LEFT, pos=middle)
    QTest.mouseMove(handle, middle + step)
    QTest.mouseRelease(handle, LEFT, pos=middle + step)


def branch(page: ReverseChainWorkspace, qtbot: QtBot, count: int) -> None:
    for number in range(count):
        page.playback.scrub(500)
        page.branching.controller.branch(FreshNoise(500, number + 1))
    settle(page, qtbot)


def test_a_tree_of_branches_scrolls_and_leaves_samples_and_curves_as_they_are(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    before = page.grid.grid.scale
    branch(page, qtbot, 6)
    bar = page.branching.bar
    assert page.grid.grid.scale == before
    assert bar._scroll.viewport().height() < bar.tree.height(), "it has its own scroll bar"
    plot = page.widgets.plot.plot
    assert plot.isVisible()
    assert plot.height() >= 90
    assert plot.visibleRegion().boundingRect().height() == plot.height()


def test_a_handle_that_is_dragged_stays_and_reset_has_it_as_it_was(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    across = page.splits[1]
    usual = across.sizes()
    drag(across, 1, -80)
    chosen = across.sizes()
    assert chosen[0] < usual[0] - 40
    page.selecting.only(0, 3)
    branch(page, qtbot, 1)
    assert abs(across.sizes()[0] - chosen[0]) <= 2, "nothing else moves it"
    window(page).menus.actions["reset_layout"].trigger()
    assert across.chosen == ()
    assert across.sizes()[0] > chosen[0] + 40


def test_sizes_are_remembered_with_the_window(page: ReverseChainWorkspace) -> None:
    step = page.splits[2]
    drag(step, 1, -40)
    share = step.sizes()[0] / sum(step.sizes())
    kept = window(page).placement.state()
    assert kept.parts["reverse-chain.step"] == tuple(step.sizes())
    again = decode_saved(encode_saved(Saved(window=kept)), "here").window
    window(page).placement.reset()
    assert step.sizes()[0] / sum(step.sizes()) != pytest.approx(share, abs=0.01)
    window(page).placement.restore(again)
    assert step.sizes()[0] / sum(step.sizes()) == pytest.approx(share, abs=0.01), "its share, whatever size the window has now"
    window(page).placement.restore(WindowState(parts={"reverse-chain.step": (-4, 0, 9)}))
    assert step.chosen == (), "nonsense is passed over"


def test_the_film_follows_its_handle(page: ReverseChainWorkspace) -> None:
    film = page.widgets.film
    before = film.rect_of(0).height()
    drag(page.splits[0], 1, -40)
    assert film.rect_of(0).height() == before + 40


def test_while_a_region_is_made_anew_the_chain_that_is_left_is_seen(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    import numpy as np

    page.playback.scrub(500)
    settle(page, qtbot)
    before, seen = page.grid.tiles, []
    assert before is not None
    page.controller.progressed.connect(lambda: seen.append((page.grid.tiles, page._panel.note)))
    region = np.zeros((28, 28), bool)
    region[14:] = True
    page.branching.controller.branch(Inpaint(500, mask_of(region), 3, anew=True))
    assert page.grid.tiles is not None, "it is not black"
    np.testing.assert_array_equal(page.grid.tiles, before)
    settle(page, qtbot)
    assert all(tiles is not None for tiles, _ in seen)
    assert any("region" in note for _, note in seen)
    assert "before the branch" not in page._panel.note


def test_the_quick_look_is_seen_until_its_branch_has_states(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    import numpy as np

    page.playback.scrub(500)
    settle(page, qtbot)
    painting, paint, expected = page.branching.controller.painting, page.branching.paint, page.expected
    painting.open(True)
    settle(page, qtbot)
    paint.canvas.mark_ended.emit(((8.0, 8.0), (20.0, 20.0)))
    settle(page, qtbot)
    assert paint.leads.image is not None
    end, seen = painting._end, []
    page.controller.progressed.connect(lambda: seen.append((expected.panel.title, expected.panel.grid.tiles, page.part.state.t)))
    painting.take()
    settle(page, qtbot)
    quick = [(tiles, t) for title, tiles, t in seen if title == "quick look"]
    assert quick
    np.testing.assert_array_equal(quick[0][0][0], end)
    assert quick[0][1] == 500, "what is seen meanwhile is at the cursor"
    assert not expected.shown, "gone with the sampling"


def test_the_grid_of_compare_keeps_the_equation(open_page: Callable[..., CompareWorkspace], lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("B", steps=3), lane("C", steps=3)), samples=4, t=500)
    page.toggle_layout()
    settle(page, qtbot)
    assert page.widgets.equation_card.isVisible()
    assert page.widgets.plot.height() <= page.height() / 3

"""Inside the U-Net, in the real window on shipped models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.errors import BadInput
from explorer.recipe import ExactProcess, Lane, Sampler
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import UNetLook
from explorer.views.chain.network.unet_panel import HINT
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.window.key_sheet import keys_of_menus
from explorer.views.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
STEPS = 10
Opener = Callable[..., ChainPage]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> ChainPage:
    """Option C over 10 steps, two samples, sampled, at t = 500; the panel is closed."""
    opened = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), samples=2)
    opened.playback.scrub(500)
    return opened


def settle(page: ChainPage, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: page.idle and page.unet.controller.idle, timeout=60_000)


def press(page: ChainPage, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, key)


def open_panel(page: ChainPage, qtbot: QtBot) -> None:
    settle(page, qtbot)
    press(page, Qt.Key.Key_U)
    settle(page, qtbot)


def tiles(page: ChainPage) -> dict[str, np.ndarray]:
    return {name: shown.tile for name, shown in page.unet.panel.diagram.blocks.items()}


def test_the_key_opens_it_at_the_cursor_and_closes_it(page: ChainPage, qtbot: QtBot) -> None:
    panel = page.unet.panel
    assert not panel.isVisible()
    open_panel(page, qtbot)
    assert panel.isVisible()
    assert page.unet.button.isChecked()
    assert panel.shown is not None
    assert (panel.shown.t, panel.shown.sample, panel.shown.key) == (500, 0, page.controller.key)
    assert set(tiles(page)) == {node.name for node in panel.shown.anatomy.nodes}
    assert panel.channels.count == 64
    assert not page.panels[0].isVisible()
    press(page, Qt.Key.Key_U)
    assert not panel.isVisible()
    assert page.panels[0].isVisible()


def test_button_and_close_button_do_it_too(page: ChainPage, qtbot: QtBot) -> None:
    settle(page, qtbot)
    qtbot.mouseClick(page.unet.button, LEFT)
    assert page.part.state.unet.open
    qtbot.mouseClick(page.unet.panel.close_button, LEFT)
    assert not page.part.state.unet.open
    assert not page.unet.button.isChecked()


def test_the_view_menu_has_it(page: ChainPage) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    (view,) = [menu for menu in window.menus.shown() if menu.title() == "View"]
    (action,) = [action for action in view.actions() if action.objectName() == "unet"]
    assert action.isVisible()
    action.trigger()
    assert page.part.state.unet.open
    assert action.isChecked()
    keys = dict(next(keys for title, keys in keys_of_menus([view]) if title == "View"))
    assert keys["U"] == "Inside the U-Net"


def test_moving_the_cursor_changes_every_picture(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    before = tiles(page)
    page.playback.scrub(200)
    settle(page, qtbot)
    assert page.unet.panel.shown is not None
    assert page.unet.panel.shown.t == 200
    after = tiles(page)
    assert all(not np.array_equal(before[name], after[name]) for name in before)


def test_another_sample_is_looked_at(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    before = tiles(page)
    qtbot.mouseClick(page.unet.panel._after, LEFT)
    assert page.part.state.selected == 1
    settle(page, qtbot)
    assert page.unet.panel.shown is not None
    assert page.unet.panel.shown.sample == 1
    assert not np.array_equal(before["input"], tiles(page)["input"])
    assert not page.unet.panel._after.isEnabled()


def test_a_click_on_a_skip_changes_the_output_and_another_restores_it(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    panel = page.unet.panel
    whole = panel.outputs.images[0]
    assert panel.outputs.images[1:] == [None, None]
    assert panel.outputs.hint == HINT
    spot = panel.diagram.area_of(1).center().toPoint()
    QTest.mouseClick(panel.diagram, LEFT, pos=spot)
    assert page.part.state.unet.off == (1,)
    settle(page, qtbot)
    assert panel.shown is not None
    assert panel.shown.off == (1,)
    assert panel.diagram.off == {1}
    first, switched, difference = panel.outputs.images
    assert first == whole
    assert switched is not None
    assert difference is not None
    assert switched != whole
    assert panel.outputs.captions[1][1] == "without 2"
    assert panel.shown.blocks["output"].change > 0
    zeros = panel.shown.outputs[0].distance
    qtbot.mouseClick(panel.instead.button("mean"), LEFT)
    settle(page, qtbot)
    assert panel.shown.outputs[0].distance != zeros
    QTest.mouseClick(panel.diagram, LEFT, pos=spot)
    settle(page, qtbot)
    assert panel.outputs.images == [whole, None, None]


def test_all_skips_go_on_again(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    assert not page.unet.panel.on.isVisible()
    page.unet.choose(off=(0, 2))
    assert page.unet.panel.on.isVisible()
    qtbot.mouseClick(page.unet.panel.on, LEFT)
    assert page.part.state.unet.off == ()


def test_the_implied_picture_can_be_compared_instead(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    panel, before = page.unet.panel, page.unet.panel.outputs.images[0]
    qtbot.mouseClick(panel.output.button("x0_hat"), LEFT)
    assert page.unet.controller.idle, "it is there already"
    assert panel.outputs.images[0] != before


def test_choosing_a_block_shows_its_channels(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    panel = page.unet.panel
    QTest.mouseClick(panel.diagram, LEFT, pos=panel.diagram.area_of("up.2").center().toPoint())
    settle(page, qtbot)
    assert (panel.channels.count, panel.diagram.chosen) == (32, "up.2")
    assert panel._heading.text() == "UP 1 · 32 CHANNELS"
    assert panel.channels.image(0).width() == 28
    qtbot.mouseClick(panel.summary.button("mean"), LEFT)
    settle(page, qtbot)
    assert panel.diagram.blocks["up.2"].channel is None


def test_nothing_is_asked_while_it_is_closed(page: ChainPage, qtbot: QtBot) -> None:
    panel = page.unet.panel
    settle(page, qtbot)
    page.playback.scrub(300)
    page.part.update(selected=1)
    assert page.unet.controller.idle
    settle(page, qtbot)
    assert panel.shown is None
    open_panel(page, qtbot)
    assert (panel.shown.t, panel.shown.sample) == (300, 1)
    page.playback.scrub(700)
    assert not page.unet.controller.idle
    settle(page, qtbot)
    assert panel.shown.t == 700
    press(page, Qt.Key.Key_U)
    page.playback.scrub(100)
    page.part.update(selected=0)
    assert page.unet.controller.idle
    settle(page, qtbot)
    assert (panel.shown.t, panel.shown.sample) == (700, 1)


def test_dragging_is_answered_for_where_the_cursor_ends(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    for t in (900, 700, 400, 100, 600):
        page.playback.scrub(t)
    settle(page, qtbot)
    assert page.unet.panel.shown is not None
    assert page.unet.panel.shown.t == 600


def test_at_zero_it_shows_the_last_step(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    page.playback.scrub(0)
    settle(page, qtbot)
    panel = page.unet.panel
    assert panel.shown is not None
    assert panel.shown.t == 100
    settle(page, qtbot)
    qtbot.waitUntil(lambda: "x_100" in panel.graph.graph.text)
    assert "x_0" in panel.graph.graph.text


def test_the_graph_of_the_step_has_the_pictures_of_its_terms(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    graph = page.unet.panel.graph
    assert {"x_t", "eps_hat", "x0_hat", "mean", "z", "x_prev"} <= set(graph.pictures)
    assert "x_500" in graph.graph.text
    QTest.mouseClick(graph, LEFT, pos=graph.area_of("x0_hat").center().toPoint())
    assert page.part.state.quantity == "x0_hat"


def test_what_was_chosen_is_kept_in_the_session(page: ChainPage, qtbot: QtBot) -> None:
    open_panel(page, qtbot)
    page.unet.choose(block="up.1", off=(0, 2), instead="mean", summary="mean", output="x0_hat")
    session = page.context.store.session
    kept = decode_saved(encode_saved(Saved(session=session)), "here").session
    assert kept.reverse.unet == page.part.state.unet
    assert kept.compare.unet.open is False
    assert not page.context.store.can_undo, "where the person looks is not undone"


def test_a_session_that_had_it_open_has_it_open_again(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    look = UNetLook(open=True, block="up.0", off=(2,))
    page = open_page(ReverseChainWorkspace, (lane("B", steps=STEPS),), samples=1, wait=False, t=1000, unet=look)
    panel = page.unet.panel
    assert panel.isVisible()
    qtbot.waitUntil(lambda: page.idle and bool(page.controller.run.done), timeout=60_000)
    assert panel.shown is not None
    assert (panel.shown.channels.block, panel.shown.off) == ("up.0", (2,))
    assert panel.shown.t == 100, "it follows the sampling to its last step"


@pytest.mark.parametrize("fields", [b'"off": [9]', b'"off": "all"', b'"instead": "noise"'])
def test_a_session_that_makes_no_sense_is_refused(fields: bytes) -> None:
    text = encode_saved(Saved()).replace(b'"off": []', fields, 1) if b"off" in fields else encode_saved(Saved())
    text = text.replace(b'"instead": "zero"', fields, 1) if b"instead" in fields else text
    assert fields in text
    with pytest.raises(BadInput, match="not a session"):
        decode_saved(text, "here")


def test_in_compare_it_is_of_the_lane_that_is_looked_at(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("A", steps=5), lane("B", steps=5)), samples=2)
    page.playback.scrub(400)
    open_panel(page, qtbot)
    panel = page.unet.panel
    assert panel.lanes.isVisible()
    assert panel.shown is not None
    assert panel.shown.key == page.controller.keys[0]
    before = tiles(page)
    panel.lanes.setFocus()
    QTest.keyClick(panel.lanes, Qt.Key.Key_Down)
    assert page.part.state.lane == 1
    settle(page, qtbot)
    assert panel.shown.key == page.controller.keys[1]
    assert not np.array_equal(before["middle"], tiles(page)["middle"])
    assert not panel.output.isVisible(), "Option B puts out the picture itself"


def test_the_exact_lane_has_no_network_but_a_step(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    exact = Lane("", "mnist", None, Sampler(5), ExactProcess("mnist", images=40))
    page = open_page(CompareWorkspace, (lane("C", steps=5), exact), samples=2, lane=1)
    page.playback.scrub(400)
    open_panel(page, qtbot)
    panel = page.unet.panel
    assert "no U-Net" in panel.diagram.message
    assert panel.channels.count == 0
    assert "data set" in panel.graph.graph.text
    page.part.update(lane=0)
    settle(page, qtbot)
    assert panel.diagram.message == ""
    assert panel.shown is not None
    assert "U-Net" in panel.graph.graph.text


def test_without_a_lane_it_says_what_to_do(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, ())
    open_panel(page, qtbot)
    qtbot.waitUntil(lambda: "Open a checkpoint" in page.unet.panel.diagram.message)
    assert page.unet.panel.channels.count == 0


@pytest.mark.parametrize("size", [(1280, 800), (1100, 720), (1920, 1080)])
def test_it_fits_and_nothing_is_cut(page: ChainPage, qtbot: QtBot, size: tuple[int, int]) -> None:
    window = page.window()
    window.resize(*size)
    open_panel(page, qtbot)
    page.unet.choose(off=(0, 1, 2))
    settle(page, qtbot)
    panel = page.unet.panel
    assert (window.width(), window.height()) == size
    middle = page._middle  # type: ignore[attr-defined]
    assert panel.minimumSizeHint().height() <= middle.minimumHeight(), "it needs no more room than what it covers"
    assert panel.outputs.rect_of(2).right() <= panel.outputs.width()
    assert panel.outputs.height() >= panel.outputs.rect_of(0).bottom()
    for bar in (panel.summary, panel.instead, panel.output):
        for button in bar.findChildren(type(panel.summary.button("mean"))):
            if button.isVisible():
                assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
    for rect in (panel.diagram.area_of(node.name) for node in panel.shown.anatomy.nodes):  # type: ignore[union-attr]
        assert panel.diagram.rect().contains(rect.toRect())

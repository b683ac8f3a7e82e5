"""Channels of a block, the outputs compared, the graph of a step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.views.chain.network.channel_sheet import ChannelSheet
from explorer.views.chain.network.output_tiles import OutputTiles
from explorer.views.chain.network.step_graph import HEIGHT, Edge, Graph, Node, StepGraph
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_popup import PicturePopup


def tiles(count: int, size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (count, size, size, 3), np.uint8)


@pytest.fixture
def sheet(qtbot: QtBot) -> Iterator[ChannelSheet]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    widget = ChannelSheet(Theme("dark"), window)
    widget.resize(300, 240)
    with qtbot.waitExposed(window):
        window.show()
    yield widget
    window.hide()


@pytest.mark.parametrize(("count", "size"), [(32, 28), (64, 14), (128, 7), (1, 28), (256, 2)])
def test_all_channels_fit(sheet: ChannelSheet, count: int, size: int) -> None:
    sheet.show_channels(tiles(count, size), np.zeros(count), np.ones(count), 0)
    assert sheet.count == count
    assert sheet.grid is not None
    assert all(sheet.rect().contains(sheet.grid.rect(i).toRect()) for i in range(count))
    sheet.grab()


def test_the_channel_under_the_mouse_is_shown_large_with_its_range(sheet: ChannelSheet) -> None:
    sheet.show_channels(tiles(32, 28), np.linspace(-1, 0, 32), np.linspace(0, 3, 32), 5)
    assert sheet.grid is not None
    QTest.mouseMove(sheet, sheet.grid.rect(31).center().toPoint())
    (popup,) = sheet.window().findChildren(PicturePopup)
    assert popup.isVisible()
    assert sheet.words_of(31) == "0 to 3"
    QTest.mouseMove(sheet, QPoint(1, 1))
    sheet.clear()
    assert not popup.isVisible()
    assert (sheet.count, sheet.grid) == (0, None)


def test_outputs_are_as_wide_as_they_may_be_and_never_cut(qtbot: QtBot) -> None:
    widget = OutputTiles(Theme("light"))
    qtbot.addWidget(widget)
    picture = tiles(1, 28)[0]
    for width in (264, 300, 560, 900):
        widget.resize(width, 50)
        widget.show_tiles([picture] * 3, [("a", "b")] * 3)
        rects = [widget.rect_of(i) for i in range(3)]
        assert rects[2].right() <= width
        assert rects[0].right() < rects[1].left()
        assert rects[0].width() == rects[0].height()
        assert widget.height() >= rects[0].bottom() + 30
    widget.show_tiles([picture, None, None], [("a", "b"), ("", ""), ("", "")], "click a skip")
    assert "click a skip" in widget.accessibleDescription()
    assert widget.images[1] is None
    widget.grab()


GRAPH = Graph(
    (
        Node("x_t", "picture", (var("x", 5),), 0), Node("net", "box", (words("U-Net"),), 1, tip="the network"),
        Node("t", "box", (words("t = 5"),), 1, below=True), Node("eps_hat", "picture", (var("ε"),), 2),
        Node("sum", "sign", (words("+"),), 3), Node("x_prev", "picture", (var("x", 4),), 4),
    ),
    (
        Edge("x_t", "net"), Edge("t", "net"), Edge("net", "eps_hat"), Edge("eps_hat", "sum", "0.5", "#ff0000"),
        Edge("x_t", "sum", "0.25", over=True), Edge("sum", "x_prev", "/ 2"),
    ),
    "a step",
)  # fmt: skip


@pytest.fixture
def graph(qtbot: QtBot) -> Iterator[StepGraph]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 400)
    widget = StepGraph(Theme("dark"), window)
    widget.setGeometry(0, 260, 900, HEIGHT)
    widget.show_graph(GRAPH, {"x_t": tiles(1, 28)[0], "eps_hat": tiles(1, 28)[0]})
    with qtbot.waitExposed(window):
        window.show()
    yield widget
    window.hide()


@pytest.mark.parametrize("width", [420, 700, 1400])
def test_nodes_stand_in_a_line_in_their_order(graph: StepGraph, width: int) -> None:
    graph.resize(width, HEIGHT)
    line = [graph.area_of(node.name) for node in GRAPH.nodes if not node.below]
    assert all(a.right() < b.left() for a, b in itertools.pairwise(line))
    assert line[0].left() >= 0
    assert line[-1].right() <= width
    assert graph.area_of("t").top() > graph.area_of("net").bottom()
    assert graph.area_of("t").bottom() <= HEIGHT
    graph.grab()


def test_a_quantity_is_chosen_by_a_click_and_shown_large(graph: StepGraph, qtbot: QtBot) -> None:
    with qtbot.waitSignal(graph.term_chosen) as chosen:
        QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=graph.area_of("eps_hat").center().toPoint())
    assert chosen.args == ["eps_hat"]
    QTest.mouseMove(graph, graph.area_of("x_t").center().toPoint())
    (popup,) = graph.window().findChildren(PicturePopup)
    assert popup.isVisible()
    QTest.mouseMove(graph, graph.area_of("net").center().toPoint())
    assert not popup.isVisible()
    with qtbot.assertNotEmitted(graph.term_chosen):
        QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=graph.area_of("net").center().toPoint())


def test_the_graph_is_told_in_words(graph: StepGraph) -> None:
    said = graph.accessibleDescription()
    for part in ("a step", "x_5 → U-Net", "t = 5 → U-Net", "ε 0.5 → +", "+ / 2 → x_4"):
        assert part in said
    graph.clear()
    assert graph.graph == Graph()

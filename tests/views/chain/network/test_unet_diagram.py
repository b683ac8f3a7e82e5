"""The drawn U-Net: where things are, and what mouse and keyboard do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.engine.chain.network.messages import BlockShown
from explorer.models.anatomy import Anatomy, anatomy
from explorer.models.unet import UNetConfig
from explorer.views.chain.network.unet_diagram import UNetDiagram
from explorer.views.chain.network.unet_layout import lay_out
from explorer.views.chain.network.unet_words import percent
from explorer.widgets.look.theme import Theme

SHIPPED = UNetConfig(outer_skip=True)
NETWORKS = {
    "shipped": (SHIPPED, 28),
    "lecture": (UNetConfig(time="channel"), 28),
    "one level": (UNetConfig(multipliers=(1,)), 8),
    "five levels": (UNetConfig(multipliers=(1, 1, 2, 2, 4), attention=(3, 4)), 64),
}
networks = pytest.mark.parametrize(("config", "size"), NETWORKS.values(), ids=NETWORKS.keys())
LEFT = Qt.MouseButton.LeftButton


def shown_blocks(parts: Anatomy, change: float = 0.0) -> dict[str, BlockShown]:
    rng = np.random.default_rng(0)
    return {
        node.name: BlockShown(rng.integers(0, 255, (*node.shape[1:], 3), np.uint8), 2.0, node.kind != "input", 3, 12.5, change)
        for node in parts.nodes
    }


@pytest.fixture
def diagram(qtbot: QtBot) -> UNetDiagram:
    widget = UNetDiagram(Theme("dark"))
    qtbot.addWidget(widget)
    widget.resize(570, 400)
    parts = anatomy(SHIPPED, 28, 28)
    widget.show_network(parts)
    widget.show_blocks(shown_blocks(parts), 300)
    widget.show_choice("down.1", ())
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@networks
@pytest.mark.parametrize("room", [(380, 240), (570, 400), (920, 640), (1600, 500)])
def test_every_block_has_room_of_its_own_within_the_widget(config: UNetConfig, size: int, room: tuple[int, int]) -> None:
    parts = anatomy(config, size, size)
    layout = lay_out(parts, *room)
    assert set(layout.blocks) == {node.name for node in parts.nodes}
    for (a, first), (b, second) in itertools.combinations(layout.blocks.items(), 2):
        assert not first.intersects(second), (a, b)
    for name, rect in layout.blocks.items():
        assert rect.left() >= 0, name
        assert rect.right() <= room[0], name
        assert rect.top() >= 0, name
        if len(config.multipliers) <= 3 or room[1] >= 400:
            assert rect.bottom() <= room[1], name


@networks
def test_it_is_a_u(config: UNetConfig, size: int) -> None:
    parts = anatomy(config, size, size)
    layout = lay_out(parts, 900, 640)
    rows = [layout.blocks[f"down.{level}"].center().y() for level in range(parts.levels)]
    assert rows == sorted(rows)
    assert layout.blocks["middle"].top() > layout.blocks[f"down.{parts.levels - 1}"].bottom()
    for skip in parts.skips:
        start, end = layout.skips[skip.level]
        assert start.y() == end.y()
        assert layout.blocks[skip.source].right() <= start.x() < end.x() <= layout.blocks[skip.target].left()
    assert len(layout.arrows) == len(parts.edges)
    assert bool(layout.outer) == config.outer_skip


def test_pictures_of_small_images_are_a_whole_number_of_times_as_large() -> None:
    parts = anatomy(SHIPPED, 28, 28)
    assert [lay_out(parts, *room).side % 28 for room in ((600, 410), (900, 660), (1300, 1000))] == [0, 0, 0]
    assert lay_out(parts, 1300, 1000).side > lay_out(parts, 600, 410).side


def test_clicks_choose_blocks_and_switch_skips(diagram: UNetDiagram, qtbot: QtBot) -> None:
    with qtbot.waitSignal(diagram.block_chosen) as chosen:
        QTest.mouseClick(diagram, LEFT, pos=diagram.area_of("up.1").center().toPoint())
    assert chosen.args == ["up.1"]
    with qtbot.waitSignal(diagram.skip_toggled) as toggled:
        QTest.mouseClick(diagram, LEFT, pos=diagram.area_of(2).center().toPoint())
    assert toggled.args == [2]
    with qtbot.assertNotEmitted(diagram.block_chosen), qtbot.assertNotEmitted(diagram.skip_toggled):
        QTest.mouseClick(diagram, LEFT, pos=diagram.rect().bottomRight() - QPoint(2, 2))


def test_arrow_keys_go_to_every_block_and_skip(diagram: UNetDiagram) -> None:
    diagram.setFocus()
    diagram.block_chosen.connect(lambda name: diagram.show_choice(name, ()))
    seen = {diagram.focused}
    ways = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
    rng = np.random.default_rng(1)
    for _ in range(1500):
        QTest.keyClick(diagram, ways[rng.integers(4)])
        seen.add(diagram.focused)
    assert diagram.anatomy is not None
    assert seen == {node.name for node in diagram.anatomy.nodes} | {0, 1, 2}


def test_arrow_keys_go_the_way_they_say(diagram: UNetDiagram) -> None:
    diagram.setFocus()
    diagram.block_chosen.connect(lambda name: diagram.show_choice(name, ()))
    way = [
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, "up.1"),
        (Qt.Key.Key_Up, "upsample.1"),
        (Qt.Key.Key_Up, "up.2"),
        (Qt.Key.Key_Right, "head"),
    ]
    for key, expected in way:
        QTest.keyClick(diagram, key)
        assert diagram.focused == expected


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_space_or_enter_switches_the_skip_that_has_the_focus(diagram: UNetDiagram, qtbot: QtBot, key: Qt.Key) -> None:
    diagram.setFocus()
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    with qtbot.waitSignal(diagram.skip_toggled) as toggled:
        QTest.keyClick(diagram, key)
    assert toggled.args == [1]


def test_words_say_shape_norm_scale_and_change(diagram: UNetDiagram) -> None:
    said = diagram.words_of("down.1")
    for part in ("down 2 · 64×14×14", "3×3", "channel 3", "−2 to 2", "norm 12.5"):
        assert part in said
    assert "changed" not in said
    assert diagram.anatomy is not None
    diagram.show_blocks(shown_blocks(diagram.anatomy, change=0.34), 300)
    assert "34 %" in diagram.words_of("up.1")
    assert "switch it off" in diagram.words_of(0)
    diagram.show_choice("down.1", (0,))
    assert "switch it on" in diagram.words_of(0)
    assert "64 channels of down 2" in diagram.words_of(1)
    assert diagram.words_of("nothing") == diagram.words_of(7) == ""
    assert "Skips switched off: 1" in diagram.accessibleDescription()


def test_what_changes_is_drawn(diagram: UNetDiagram) -> None:
    def picture() -> np.ndarray:
        QApplication.processEvents()
        image = diagram.grab().toImage().convertToFormat(diagram.grab().toImage().Format.Format_RGB888)
        return np.frombuffer(image.constBits(), np.uint8).copy()

    whole = picture()
    diagram.show_choice("down.1", (1,))
    off = picture()
    assert not np.array_equal(whole, off)
    diagram.show_choice("up.0", (1,))
    assert not np.array_equal(off, picture())
    assert diagram.anatomy is not None
    before = picture()
    diagram.show_blocks(shown_blocks(diagram.anatomy, 0.5), 299)
    assert not np.array_equal(before, picture())


def test_without_a_network_it_says_why(diagram: UNetDiagram, qtbot: QtBot) -> None:
    diagram.show_network(None, "no network here")
    assert diagram.message == "no network here"
    assert diagram.accessibleDescription() == "no network here" or diagram.anatomy is None
    assert not diagram.area_of("down.0").isValid()
    with qtbot.assertNotEmitted(diagram.block_chosen):
        QTest.mouseClick(diagram, LEFT, pos=diagram.rect().center())
        QTest.keyClick(diagram, Qt.Key.Key_Down)


@networks
def test_every_network_can_be_drawn(qtbot: QtBot, config: UNetConfig, size: int) -> None:
    widget = UNetDiagram(Theme("light"))
    qtbot.addWidget(widget)
    parts = anatomy(config, size, size)
    widget.show_network(parts)
    widget.show_blocks(shown_blocks(parts, 0.2), 10)
    widget.show_choice("middle", (0,))
    widget.resize(600, 420)
    image = widget.grab().toImage()
    middle = widget.area_of("middle").center()
    assert image.pixelColor(QPointF(middle).toPoint()).isValid()


@pytest.mark.parametrize(("share", "text"), [(0.34, "34 %"), (1.094, "109 %"), (0.006, "0.6 %"), (0.0, "0.0 %")])
def test_shares_are_short(share: float, text: str) -> None:
    assert percent(share) == text

"""Small multiples: cells that fill the space, labels, gestures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.lanes.lane_grid import LaneGrid, LaneLabel
from explorer.views.chain.lanes.lane_placement import GAP, place
from explorer.widgets.look.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(("lanes", "samples", "upright"), [(12, 4, True), (3, 16, False), (16, 2, True), (2, 12, False)])
@pytest.mark.parametrize("size", [(900, 560), (1160, 620)])
def test_lanes_are_columns_or_rows_whichever_is_larger(lanes: int, samples: int, upright: bool, size: tuple[int, int]) -> None:
    found = place(lanes, samples, (28, 28), *size)
    assert found.upright is upright
    rects = [found.rect(lane, sample) for lane in range(lanes) for sample in range(samples)]
    window = QRectF(0, 0, *size)
    assert all(window.contains(rect) for rect in rects)
    assert all(not a.intersects(b) for a, b in pairwise(rects))
    for lane in (0, lanes - 1):
        for sample in (0, samples - 1):
            assert found.cell_at(found.rect(lane, sample).center()) == (lane, sample)
    assert found.cell_at(found.rect(0, 0).bottomRight() + QPointF(GAP / 2, 0)) is None


def test_too_many_samples_go_beyond_the_height() -> None:
    found = place(16, 256, (28, 28), 900, 560)
    assert found.upright
    assert found.width >= 28
    assert found.bottom > 560
    assert found.rect(15, 0).right() <= 900


@pytest.fixture
def grid(qtbot: QtBot) -> LaneGrid:
    tiles = [np.full((4, 28, 28, 3), 40 * lane, np.uint8) for lane in range(3)]
    made = LaneGrid(Theme("dark"), lambda lane: tiles[lane])
    qtbot.addWidget(made)
    made.resize(420, 600)
    labels = [LaneLabel(f"{steps} steps", "t = 300" if steps == 25 else "", "#009e73") for steps in (10, 25, 50)]
    assert made.set_lanes(labels, 4, (28, 28))
    assert not made.set_lanes(labels, 4, (28, 28)), "nothing is another"
    made.show()
    return made


def test_the_cells_show_the_lanes_pictures(grid: LaneGrid) -> None:
    picture = grid.grab().toImage()
    for lane in range(3):
        centre = grid.placement.rect(lane, 2).center().toPoint()
        assert picture.pixelColor(centre).red() == 40 * lane


def test_clicks_arrows_and_hover(grid: LaneGrid, qtbot: QtBot) -> None:
    where = grid.placement
    assert where.upright
    with qtbot.waitSignal(grid.cell_chosen) as chosen:
        QTest.mouseClick(grid, LEFT, pos=where.rect(2, 1).center().toPoint())
    assert chosen.args == [2, 1]
    grid.set_selected(2, 1)
    grid.setFocus()
    for key, wanted in ((Qt.Key.Key_Left, (1, 1)), (Qt.Key.Key_Down, (2, 2))):
        with qtbot.waitSignal(grid.cell_chosen) as chosen:
            QTest.keyClick(grid, key)
        assert tuple(chosen.args or ()) == wanted
    rect = where.rect(1, 3)
    with qtbot.waitSignal(grid.pixel_hovered) as hovered:
        QTest.mouseMove(grid, (rect.topLeft() + QPointF(rect.width() * 5.5 / 28, rect.height() * 9.5 / 28)).toPoint())
    assert hovered.args == [1, Pixel(3, 9, 5)]

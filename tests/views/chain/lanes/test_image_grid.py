"""The grid of samples, drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.lanes.image_grid import ImageGrid
from explorer.widgets.look.theme import DARK, Theme


@pytest.fixture
def tiles() -> np.ndarray:
    """Four random pictures, 28 x 28."""
    return np.random.default_rng(0).integers(0, 256, (4, 28, 28, 3), np.uint8)


@pytest.fixture
def grid(qtbot: QtBot, tiles: np.ndarray) -> ImageGrid:
    made = ImageGrid(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(240, 240)
    made.set_selected(3)
    made.set_tiles(tiles)
    made.show()
    return made


def test_every_pixel_is_drawn_sharp(grid: ImageGrid, tiles: np.ndarray) -> None:
    picture, s = grid.grab().toImage(), grid.grid.scale
    assert s == int(s) > 1
    for index, row, column in ((0, 0, 0), (1, 27, 27), (2, 13, 5)):
        rect = grid.grid.rect(index)
        drawn = {
            picture.pixelColor(int(rect.x() + column * s + dx), int(rect.y() + row * s + dy)).getRgb()[:3]
            for dx in range(int(s)) for dy in range(int(s))
        }  # fmt: skip
        assert drawn == {tuple(tiles[index, row, column].tolist())}


def test_clicking_chooses_and_programs_do_not_echo(grid: ImageGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(grid.sample_chosen) as chosen:
        QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.centre_of(2).toPoint())
    assert chosen.args == [2]
    with qtbot.assertNotEmitted(grid.sample_chosen):
        grid.set_selected(1)
        QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))


def test_the_selected_sample_is_framed(grid: ImageGrid) -> None:
    def edge(index: int) -> set[tuple[int, ...]]:
        picture, rect = grid.grab().toImage(), grid.grid.rect(index)
        return {picture.pixelColor(round(rect.x()) + 1, round(rect.y()) + y).getRgb()[:3] for y in range(10, 40)}

    accent = (0x6E, 0xA8, 0xFE)
    assert accent in edge(3)
    assert accent not in edge(0)
    grid.set_selected(0)
    assert accent in edge(0)
    assert accent not in edge(3)


def test_the_mouse_tells_the_pixel_and_leaving_tells_none(grid: ImageGrid) -> None:
    seen: list[Pixel | None] = []
    grid.pixel_hovered.connect(seen.append)
    rect, s = grid.grid.rect(1), grid.grid.scale
    QTest.mouseMove(grid, QPointF(rect.x() + 4.5 * s, rect.y() + 9.5 * s).toPoint())
    QTest.mouseMove(grid, QPoint(0, 0))
    assert seen == [Pixel(1, 9, 4), None]


def test_an_empty_grid_says_why(grid: ImageGrid) -> None:
    grid.set_tiles(None)
    empty = grid.grab().toImage()
    grid.set_message("Open a checkpoint")
    assert grid.grab().toImage() != empty
    assert grid.tiles is None


def test_pictures_without_room_between_them_are_edged(grid: ImageGrid, tiles: np.ndarray) -> None:
    grid.resize(226, 226)
    assert (grid.grid.scale, grid.grid.gap < 3) == (4, True)
    picture, rect = grid.grab().toImage(), grid.grid.rect(1)
    edge = {picture.pixelColor(int(rect.x()) + x, int(rect.y())).name() for x in range(112)}
    assert edge == {DARK.card}
    inner = picture.pixelColor(int(rect.x()) + 2, int(rect.y()) + 2).getRgb()[:3]
    assert inner == tuple(tiles[1, 0, 0].tolist())

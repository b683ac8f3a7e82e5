"""Widgets that the Forward workspace brought: sliders, the joint picture, densities, tables of pictures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.forward.chain_page import round_ticks
from explorer.views.forward.plots.joint_plot import JointPlot, circle_radius
from explorer.views.forward.plots.picture_table import Column, PictureTable, Row
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.math_text import words
from explorer.widgets.look.sharp import squared
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.image_choice import ImageChoice
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot


@pytest.fixture
def theme(qapp: object) -> Theme:
    return Theme("dark")


def test_a_circle_holds_its_share() -> None:
    points = np.random.default_rng(0).standard_normal((200_000, 2))
    for share in (0.5, 0.9, 0.99):
        assert (np.hypot(*points.T) < circle_radius(share)).mean() == pytest.approx(share, abs=0.004)


def test_a_slider_tells_of_the_hand_alone(qtbot: QtBot, theme: Theme) -> None:
    slider = Slider(theme, (words("a"),), -2.0, 2.0, 0.05, "A number", "A number")
    qtbot.addWidget(slider)
    told: list[float] = []
    slider.moved.connect(told.append)
    slider.show_value(-1.25)
    assert told == []
    assert slider.value == pytest.approx(-1.25)
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert told == [pytest.approx(-1.2)]


def test_points_and_pixels_of_the_joint_picture_agree(qtbot: QtBot, theme: Theme) -> None:
    plot = JointPlot(theme)
    qtbot.addWidget(plot)
    plot.resize(400, 400)
    plot.set_points(np.array([[0.0, 0.0], [1.0, -1.0]], np.float32), np.array([0, 1], np.uint8))
    area = plot.area
    assert plot.point_of(0, 0) == area.center()
    assert plot.point_of(4, 4) == area.topRight()
    image = plot.grab().toImage()
    assert not image.isNull()


def test_a_density_is_drawn_where_its_value_is(qtbot: QtBot, theme: Theme) -> None:
    plot = DensityPlot(theme, "densities", "")
    qtbot.addWidget(plot)
    plot.resize(308, 200)
    x = np.linspace(-4, 4, 81)
    plot.set_figure(DensityFigure(curves=(Curve("", x, np.where(np.abs(x) < 1, 0.5, 0.0), "#ff0000", filled=True),)))
    image = plot.grab().toImage()
    bottom = round(plot.area.bottom()) - 6
    inside, outside = (image.pixelColor(round(plot.x_of(at)), bottom) for at in (0, 3))
    assert inside.red() - inside.green() > outside.red() - outside.green() + 20, "red over the background, dark or light"


def test_ticks_are_round_and_within() -> None:
    assert round_ticks(-0.13, 0.71) == pytest.approx((0.0, 0.2, 0.4, 0.6))
    for low, high in ((-4.1, 4.3), (0.001, 0.002), (-300.0, 5.0)):
        ticks = round_ticks(low, high)
        assert 3 <= len(ticks) <= 6
        assert low <= ticks[0] < ticks[-1] <= high


def test_a_table_says_why_a_column_is_empty(qtbot: QtBot, theme: Theme) -> None:
    table = PictureTable(theme, (Row("a", (), ""), Row("b", (), "")), (Column("x", (), "", "#ffffff"), Column("y", (), "", "#ffffff")))
    qtbot.addWidget(table)
    table.resize(600, 300)
    tile = np.full((28, 28, 3), 200, np.uint8)
    table.show_pictures({("a", "x"): tile, ("b", "x"): tile}, {"y": "nothing to show"})
    image = table.grab().toImage()
    assert image.pixelColor(table.area_of("b", "x").center().toPoint()).red() == 200
    assert image.pixelColor(table.area_of("b", "y").center().toPoint()).red() != 200
    assert table.area_of("a", "x").right() < table.area_of("a", "y").left()


def test_an_image_is_chosen_by_mouse_and_keys(qtbot: QtBot, theme: Theme) -> None:
    choice = ImageChoice(theme)
    qtbot.addWidget(choice)
    choice.resize(264, 176)
    choice.show_images(24, np.zeros((24, 28, 28, 3), np.uint8))
    told: list[int] = []
    choice.chosen.connect(told.append)
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, choice.rect_of(31).center().toPoint())
    choice.set_current(31)
    QTest.keyClick(choice, Qt.Key.Key_Down)
    QTest.keyClick(choice, Qt.Key.Key_Left)
    assert told == [31, 37, 30]


def test_a_long_picture_is_squared() -> None:
    tile = np.full((4, 2, 3), 9, np.uint8)
    square = squared(tile)
    assert square.shape == (4, 4, 3)
    assert np.array_equal(square[:, 1:3], tile)
    assert square[:, 0].max() == square[:, 3].max() == 0


def test_numbers_under_a_density_do_not_touch(qtbot: QtBot) -> None:
    plot = DensityPlot(Theme("dark"), "a", "b")
    qtbot.addWidget(plot)
    plot.resize(150, 120)
    crowded = tuple(0.01 * i for i in range(12))
    plot.set_figure(DensityFigure(low=0.0, high=0.11, ticks=crowded, labels=[f"{tick:.3f}" for tick in crowded]))
    metrics = QFontMetrics(text_font(10))
    shown = plot.numbers(metrics, plot.figure.labels)
    ends = [(x - metrics.horizontalAdvance(label) / 2, x + metrics.horizontalAdvance(label) / 2) for x, label in shown]
    assert 2 <= len(shown) < len(crowded)
    assert all(left > right for (_, right), (left, _) in pairwise(ends))
    assert all(plot.area.left() - 0.5 <= left and right <= plot.area.right() + 0.5 for left, right in ends)

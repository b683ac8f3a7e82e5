"""Curves against t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series
from explorer.widgets.plots.polyline import polyline, polylines
from explorer.widgets.plots.ticks import even_ticks, log_ticks

T = np.arange(100, -1, -1)


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def test_T_is_left_and_the_axes_are_those_of_the_figure(plot: CurvePlot) -> None:
    plot.set_figure(Figure(Axes(100, 0, 8), (Series("a", T, T / 20.0, "#ff0000"),)))
    assert plot.point_of(100, 0).x() < plot.point_of(0, 0).x()
    assert plot.point_of(50, 8).y() < plot.point_of(50, 0).y()
    assert plot.ranges == (0, 100, 0, 8)
    assert plot.point_of(100, 0).toTuple() == plot.area.bottomLeft().toTuple()
    plot.set_figure(Figure(Axes(100, 0, 8), (Series("a", T, T * 40.0, "#ff0000"),)))
    assert plot.ranges == (0, 100, 0, 8), "larger values do not move the axis"


def test_a_curve_is_drawn_where_its_values_are(plot: CurvePlot) -> None:
    plot.set_figure(Figure(Axes(100, 0, 1), (Series("a", T, np.full(101, 0.5), "#ff0000"),)))
    plot.set_cursor(10)
    picture = plot.grab().toImage()
    x, y = plot.point_of(60, 0.5).toTuple()
    near = [picture.pixelColor(round(x), round(y) + d) for d in (-1, 0, 1)]
    assert any(c.red() > 200 and c.green() < 60 for c in near)
    far = picture.pixelColor(round(x), round(plot.point_of(60, 0.9).y()))
    assert far.red() < 100


def test_logarithmic_axes_place_the_same_values(plot: CurvePlot) -> None:
    values = np.array([1000.0, 10.0, 0.0, np.nan])
    plot.set_figure(Figure(Axes(3, 1, 1000, log=True), (Series("a", np.array([3, 2, 1, 0]), values, "#ff0000"),)))
    top, middle, bottom = (plot.point_of(2, v).y() for v in (1000, 10**1.5, 1))
    assert middle == pytest.approx((top + bottom) / 2, abs=2)
    plot.set_cursor(1)  # a value that has no logarithm


def test_clicks_are_timesteps_and_the_cursor_does_not_echo(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_figure(Figure(Axes(100, 0, 1)))
    with qtbot.assertNotEmitted(plot.scrubbed):
        plot.set_cursor(40)
    assert plot.cursor_t == 40
    with qtbot.waitSignal(plot.scrubbed) as told:
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.point_of(77, 0.5).toPoint())
    assert told.args == [77]


def test_a_value_at_a_timestep_is_that_of_the_nearest_state() -> None:
    series = Series("a", np.array([100, 50, 0]), np.array([1.0, 2.0, 3.0]), "#ffffff")
    assert [series.at(t) for t in (100, 60, 20, 0)] == [1, 2, 3, 3]
    assert math.isnan(Series("b", np.zeros(0), np.zeros(0), "#ffffff").at(3))


@pytest.mark.parametrize(
    ("high", "labels"), [(1, ["0", "0.25", "0.5", "0.75", "1"]), (40, ["0", "10", "20", "30", "40"]), (150, ["0", "50", "100", "150"])]
)
def test_ticks_are_round(high: float, labels: list[str]) -> None:
    assert [label for _, label in even_ticks(0, high)] == labels


def test_logarithmic_ticks_are_powers_of_ten() -> None:
    assert log_ticks(0.01, 100) == [(-2, "0.01"), (-1, "0.1"), (0, "1"), (1, "10"), (2, "100")]
    assert log_ticks(1e-5, 0.2)[0] == (-5, "1e−5")


def test_the_cursor_moves_over_the_same_curves_and_what_is_new_is_drawn(plot: CurvePlot) -> None:
    figure = Figure(Axes(100, 0, 1), (Series("a", T, np.full(101, 0.5), "#ff0000"),))
    plot.set_figure(figure)
    plot.set_cursor(30)
    before = plot.grab().toImage()
    at, away = (round(plot.point_of(t, 0.2).x()) for t in (30, 80))
    row = round(plot.point_of(0, 0.2).y())
    plot.set_cursor(80)
    after = plot.grab().toImage()
    assert before.pixelColor(at, row) == after.pixelColor(away, row) != before.pixelColor(away, row), "the cursor is where it was put"
    assert after.pixelColor(at, row) == before.pixelColor(away, row)
    place = plot.point_of(60, 0.5)
    assert after.pixelColor(round(place.x()), round(place.y())).red() > 200
    plot.set_figure(Figure(figure.axes, (Series("a", T, np.full(101, 0.8), "#ff0000"),)))
    moved = plot.grab().toImage()
    assert moved.pixelColor(round(place.x()), round(place.y())).red() < 100
    assert "80" in plot.accessibleDescription()
    assert "a 0.8" in plot.accessibleDescription()


def test_a_theme_and_a_size_are_taken_over(qtbot: QtBot) -> None:
    theme = Theme("dark")
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.set_figure(Figure(Axes(100, 0, 1), (Series("a", T, np.full(101, 0.5), "#ff0000"),)))
    assert plot.grab().toImage().pixelColor(2, 2).lightness() < 80
    theme.choose("light")
    assert plot.grab().toImage().pixelColor(2, 2).lightness() > 200
    plot.resize(700, 300)
    end = plot.grab().toImage().pixelColor(660, round(plot.point_of(0, 0.5).y()))
    assert (end.red() > 200, end.green() < 60) == (True, True), "the curve goes on to the new edge"


def test_a_line_breaks_where_a_value_is_missing() -> None:
    x, y = np.arange(6.0), np.array([np.nan, 1.0, 2.0, np.inf, 4.0, np.nan])
    lines = [[point.toTuple() for point in line] for line in polylines(x, y)]
    assert lines == [[(1.0, 1.0), (2.0, 2.0)], [(4.0, 4.0)]]
    assert [point.toTuple() for point in polyline(x[:2], x[4:])] == [(0.0, 4.0), (1.0, 5.0)]
    assert not len(polyline(x[:0], x[:0]))

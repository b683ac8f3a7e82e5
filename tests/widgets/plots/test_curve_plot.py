"""Curves against t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series
from explorer.widgets.plots.markers import MARKERS, Marker
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


def wheel(plot: CurvePlot, at: QPoint, notches: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Turn the wheel at a point; away from the person if positive."""
    spot = QPointF(plot.mapToGlobal(at))
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(QPointF(at), spot, QPoint(), QPoint(0, 120 * notches), none, modifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(plot, event)


@pytest.fixture
def zoomed(plot: CurvePlot) -> CurvePlot:
    """0..1000, zoomed in around t = 800."""
    steps = np.arange(1000, -1, -1)
    plot.set_figure(Figure(Axes(1000, 0, 1), (Series("a", steps, steps / 1000.0, "#ff0000"),)))
    wheel(plot, plot.point_of(800, 0.5).toPoint(), 4)
    return plot


def test_the_wheel_zooms_around_the_pointer(zoomed: CurvePlot, qtbot: QtBot) -> None:
    span = zoomed.view.first - zoomed.view.last
    assert span == pytest.approx(1000 / 1.25**4)
    assert zoomed.values_at(zoomed.point_of(800, 0.5).toPoint().toPointF())[0] == pytest.approx(800, abs=2)
    assert zoomed.point_of(1000, 0.5).x() < zoomed.area.left(), "T is out of view"
    with qtbot.waitSignal(zoomed.scrubbed) as told:
        QTest.mouseClick(zoomed, Qt.MouseButton.LeftButton, pos=zoomed.point_of(790, 0.5).toPoint())
    assert told.args[0] == pytest.approx(790, abs=1)
    wheel(zoomed, zoomed.point_of(800, 0.5).toPoint(), -9)
    assert zoomed.view.is_whole


def test_shift_and_the_wheel_step(zoomed: CurvePlot, qtbot: QtBot) -> None:
    view = zoomed.view
    with qtbot.waitSignal(zoomed.wheel_stepped) as told:
        wheel(zoomed, zoomed.rect().center(), -1, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [1]
    assert zoomed.view == view


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_another_button_drags_along_t_and_does_not_scrub(zoomed: CurvePlot, qtbot: QtBot, button: Qt.MouseButton) -> None:
    here = zoomed.rect().center()
    under = zoomed.values_at(here.toPointF())[0]
    with qtbot.assertNotEmitted(zoomed.scrubbed):
        QTest.mousePress(zoomed, button, pos=here)
        QTest.mouseMove(zoomed, here - QPoint(60, 0))
        QTest.mouseRelease(zoomed, button, pos=here - QPoint(60, 0))
    assert zoomed.values_at((here - QPoint(60, 0)).toPointF())[0] == pytest.approx(under, abs=0.5), (
        "what was taken hold of is under the mouse"
    )
    view = zoomed.view
    QTest.mousePress(zoomed, Qt.MouseButton.LeftButton, pos=here)
    QTest.mouseMove(zoomed, here + QPoint(40, 0))
    QTest.mouseRelease(zoomed, Qt.MouseButton.LeftButton, pos=here + QPoint(40, 0))
    assert zoomed.view == view, "the drag has ended"


def test_a_double_click_and_the_keys(zoomed: CurvePlot) -> None:
    QTest.mouseDClick(zoomed, Qt.MouseButton.LeftButton, pos=zoomed.rect().center())
    assert zoomed.view.is_whole
    zoomed.set_cursor(250)
    QTest.keyClick(zoomed, Qt.Key.Key_Plus)
    assert zoomed.view.first - zoomed.view.last == pytest.approx(800)
    share = (250 - zoomed.view.last) / 800
    assert share == pytest.approx(0.25), "around the cursor"
    QTest.keyClick(zoomed, Qt.Key.Key_Plus)
    QTest.keyClick(zoomed, Qt.Key.Key_Minus)
    assert zoomed.view.first - zoomed.view.last == pytest.approx(800)
    QTest.keyClick(zoomed, Qt.Key.Key_0)
    assert zoomed.view.is_whole


def test_new_curves_keep_the_zoom_and_another_T_ends_it(zoomed: CurvePlot) -> None:
    view = zoomed.view
    zoomed.set_figure(Figure(Axes(1000, 0, 2), ()))
    assert zoomed.view == view
    zoomed.set_figure(Figure(Axes(400, 0, 2), ()))
    assert zoomed.ranges[:2] == (0, 400)


def test_two_curves_of_equal_values_are_both_seen(plot: CurvePlot) -> None:
    both = (Series("a", T, np.full(101, 0.5), "#ff0000"), Series("b", T, np.full(101, 0.5), "#00ff00"))
    plot.set_figure(Figure(Axes(100, 0, 1), both))
    plot.set_cursor(0)
    picture = plot.grab().toImage()
    left, right = plot.point_of(95, 0.5), plot.point_of(5, 0.5)
    row = [picture.pixelColor(x, round(left.y())) for x in range(round(left.x()), round(right.x()))]
    red, green = (
        sum(1 for c in row if main(c) > 150 and other(c) < 100) for main, other in ((QColor.red, QColor.green), (QColor.green, QColor.red))
    )
    assert red > len(row) / 4
    assert green > len(row) / 4


def test_a_marker_is_on_its_curve_now_and_then(plot: CurvePlot) -> None:
    def drawn(marker: Marker) -> QImage:
        plot.set_figure(Figure(Axes(100, 0, 1), (Series("a", T, np.full(101, 0.5), "#ff0000", marker=marker),)))
        return plot.grab().toImage()

    assert drawn("") == drawn("")
    pictures = [drawn(marker) for marker in MARKERS]
    assert all(one != other for i, one in enumerate(pictures) for other in pictures[:i])

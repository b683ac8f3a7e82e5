"""Bars along t: scales, where timesteps are, gestures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.bar_chart import BarChart, BarFigure, Bars, significant
from explorer.widgets.plots.bar_scale import TimeScale, ValueScale, fitting_scale, power
from explorer.widgets.plots.value_plot import LINE_HEIGHT


def bars(values: list[float], name: str = "Option A", T: int = 100) -> Bars:
    starts = np.array([1, 2, 5, 20, 60])
    sizes = np.diff([*starts, T + 1])
    array = np.array(values)
    return Bars(name, "#E69F00", starts, sizes, array, array / 10)


VALUES = [400.0, 60.0, 10.0, 0.5, 0.002]


@pytest.fixture
def chart(qtbot: QtBot) -> BarChart:
    widget = BarChart(Theme("dark"))
    qtbot.addWidget(widget)
    widget.resize(700, 300)
    widget.set_figure(BarFigure(100, (bars(VALUES), bars(VALUES, "Option B")), unit="nats"))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize(
    ("value", "words"),
    [(433.02, "433"), (0.08621, "0.0862"), (2.14e-4, "2.14e−4"), (0.0, "0"), (-0.0123, "−0.0123"), (12.34, "12.3"), (math.nan, "–")],
)
def test_numbers_have_the_digits_that_mean_something(value: float, words: str) -> None:
    assert significant(value) == words


def test_a_log_scale_has_whole_decades_and_keeps_small_values_in() -> None:
    scale = fitting_scale(np.array([0.003, 700, np.nan, 0.0]), log=True, signed=False)
    assert (scale.low, scale.high) == (1e-3, 1e3)
    np.testing.assert_allclose(scale.position(np.array([1e-3, 1.0, 1e3, 1e-9])), [0, 0.5, 1, 0])
    assert [label for _, label in scale.ticks()] == ["10⁻³", "0.01", "0.1", "1", "10", "100", "1000"]


def test_a_linear_scale_stands_on_zero() -> None:
    scale = fitting_scale(np.array([3.0, 740.0]), log=False, signed=False)
    assert (scale.low, scale.high, scale.base) == (0.0, 800.0, 0.0)
    assert fitting_scale(np.zeros(0), log=False, signed=False).high == 1


@pytest.mark.parametrize("log", [False, True])
def test_a_signed_scale_shows_both_sides_and_zero(log: bool) -> None:
    scale = fitting_scale(np.array([0.2, -0.004, np.nan]), log=log, signed=True)
    assert scale.low <= -0.004
    assert scale.high >= 0.2
    assert 0 < scale.base < 1
    positions = scale.position(np.array([scale.low, -0.001, 0, 0.001, scale.high]))
    assert (np.diff(positions) > 0).all()
    if log:
        assert {"0", "0.1", "−10⁻³"} <= {label for _, label in scale.ticks()}


def test_nothing_known_has_a_scale_too() -> None:
    for signed in (False, True):
        scale = fitting_scale(np.array([np.nan]), log=True, signed=signed)
        assert scale.high > scale.low
        assert scale.ticks()


def test_powers() -> None:
    assert [power(k) for k in (-7, -2, 0, 3, 5)] == ["10⁻⁷", "0.01", "1", "1000", "10⁵"]
    assert ValueScale(0, 1e6, False).ticks()[-1][1] == "1000k"


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("T", [1, 20, 1000, 4000])
def test_every_timestep_is_found_where_it_is(T: int, log: bool) -> None:
    scale = TimeScale(T, log)
    times = np.unique(np.geomspace(1, T, 30).astype(int))
    positions = scale.position(times)
    assert ((positions > 0) & (positions < 1)).all()
    assert (np.diff(positions) < 0).all(), "T is at the left"
    assert [scale.t_at(float(p)) for p in positions] == times.tolist()
    assert scale.t_at(-1) == T
    assert scale.t_at(2) == 1
    assert scale.ticks()[0][1] == f"t = {T}"


def test_panels_have_one_lane_each(chart: BarChart) -> None:
    assert [len(every) for _, every in chart.panels()] == [2]
    for name in ("stacked", "beside"):
        chart.set_figure(BarFigure(100, chart.figure.bars, panels=name))
        (first, _), (second, _) = chart.panels()
        assert not first.intersects(second)
        assert first.size() == second.size()
        assert (first.top() == second.top()) == (name == "beside")


def test_a_name_within_a_panel_is_read_over_its_bars(chart: BarChart) -> None:
    """Where terms are large at the left their line would go through it."""
    sizes = np.full(10, 10.0)
    high = Bars("", "#ff0000", np.arange(1, 101, 10), sizes, np.full(10, 0.98), np.full(10, np.nan))
    chart.set_figure(BarFigure(100, (high, high), panels="stacked", log=False, log_t=False))
    rect = chart.panels()[0][0]
    image = chart.grab().toImage()
    name = QRectF(rect.left() + 6, rect.top() + 4, 8, LINE_HEIGHT - 2).toRect()
    reds = [image.pixelColor(x, y).red() for x in range(name.left(), name.right()) for y in range(name.top(), name.bottom())]
    assert max(reds) < 128, "the bars' line is under the plate"


@pytest.mark.parametrize("panels", ["together", "stacked", "beside"])
@pytest.mark.parametrize("log_t", [False, True])
def test_a_click_goes_to_the_timestep_under_it(qtbot: QtBot, chart: BarChart, panels: str, log_t: bool) -> None:
    chart.set_figure(BarFigure(100, chart.figure.bars, log_t=log_t, panels=panels))
    last = len(chart.panels()) - 1
    for t in (100, 30, 3):
        with qtbot.waitSignal(chart.scrubbed) as found:
            qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.point_of(t, last).toPoint())
        assert abs(found.args[0] - t) <= 1


def test_keys_step_and_stop_at_the_ends(qtbot: QtBot, chart: BarChart) -> None:
    chart.scrubbed.connect(chart.set_cursor)
    chart.set_cursor(50)
    seen: list[int] = []
    chart.scrubbed.connect(seen.append)
    for key, modifier in (
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier),
    ):  # fmt: skip
        qtbot.keyClick(chart, key, modifier)
    assert seen == [51, 41, 51, 100, 100, 1, 1]


def test_the_value_at_the_cursor_is_said(chart: BarChart) -> None:
    chart.set_cursor(30)
    assert "t = 30: Option A 0.500 ± 0.05" in chart.accessibleDescription()
    chart.set_cursor(1)
    assert "Option A 400 ± 40" in chart.accessibleDescription()


def test_bars_are_drawn_in_their_colour_and_gaps_are_left_out(chart: BarChart) -> None:
    gap = bars([400.0, 60.0, math.nan, 0.5, 0.002])
    chart.set_figure(BarFigure(100, (gap,), panels="together"))
    rect = chart.panels()[0][0]
    image = chart.grab().toImage()

    def redness(t: int) -> int:
        at = QPoint(round(chart.point_of(t).x()), round(rect.bottom()) - 6)
        colour = image.pixelColor(at * image.devicePixelRatio())
        return colour.red() - colour.blue()

    chart.set_cursor(99)
    assert redness(40) > 25
    assert redness(12) < 10


def test_words_stand_where_there_are_no_bars(chart: BarChart) -> None:
    before = chart.grab().toImage()
    chart.set_figure(BarFigure())
    chart.set_message("Add a lane above.")
    assert chart.message == "Add a lane above."
    assert chart.grab().toImage() != before
    assert chart.t_at(QPointF(0, 0)) == 1000

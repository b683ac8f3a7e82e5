"""Curves of training runs: their axis, their words, and going to an update."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.views.training.run_plot import RunFigure, RunPlot, RunSeries, scale_for, ticks_of
from explorer.widgets.look.theme import Theme

ORANGE = "#E69F00"


@pytest.fixture
def plot(qtbot: QtBot) -> RunPlot:
    widget = RunPlot(Theme("dark"))
    qtbot.addWidget(widget)
    widget.resize(600, 260)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def figure(steps: int = 100) -> RunFigure:
    x = np.arange(10, steps + 1, 10)
    values = np.linspace(3, 1, len(x))
    return RunFigure((RunSeries("Option A", ORANGE, x, values, values),), steps, unit="loss")


def colours(plot: RunPlot) -> set[str]:
    image = plot.grab().toImage()
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def test_without_curves_it_says_why(plot: RunPlot) -> None:
    plot.set_message("The first values come after ten updates.")
    before = colours(plot)
    plot.set_figure(figure())
    assert plot.message == "The first values come after ten updates."
    assert ORANGE.lower() not in before
    assert ORANGE.lower() in colours(plot)
    assert "Option A 1.00 at update 100" in plot.accessibleDescription()


def test_clicking_and_dragging_go_to_updates_and_moving_alone_does_not(qtbot: QtBot, plot: RunPlot) -> None:
    plot.set_figure(figure())
    seen: list[int] = []
    plot.scrubbed.connect(seen.append)
    places = [QPoint(round(plot.x_of(step)), 100) for step in (25, 50, 75)]
    qtbot.mouseMove(plot, places[0])
    assert seen == []
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=places[0])
    qtbot.mouseMove(plot, places[1])
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=places[1])
    qtbot.mouseMove(plot, places[2])
    assert seen == [25, 50]
    assert plot.step_at(-50) == 0
    assert plot.step_at(5000) == 100


def test_a_logarithmic_scale_has_room_and_readable_marks() -> None:
    scale = scale_for(np.array([0.2, 3.0, np.nan, 0.0]), True)
    assert scale.low < 0.2
    assert scale.high > 3.0
    assert {"0.2", "0.5", "1", "2"} <= {label for _, label in ticks_of(scale, 8)}
    assert len(ticks_of(scale_for(np.array([1e-6, 1e6]), True), 5)) <= 5

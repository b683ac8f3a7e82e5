"""A density plot keeps its legend off its curves, and its numbers off its lines."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot

X = np.linspace(0, 1, 50)


@pytest.fixture
def plot(qtbot: QtBot) -> DensityPlot:
    made = DensityPlot(Theme("dark"), "a plot", "")
    qtbot.addWidget(made)
    made.resize(280, 140)
    return made


def figure(high: float, **more: object) -> DensityFigure:
    """A curve that is high around a place, on an axis from 0 to 1."""
    curve = Curve("KL(q ‖ p)", X, np.exp(-(((X - high) / 0.05) ** 2)), "#E69F00")
    return DensityFigure(0.0, 1.0, curves=(curve,), top=1.05, ticks=(0, 1), **more)  # type: ignore[arg-type]


def test_the_legend_goes_where_no_curve_is(plot: DensityPlot) -> None:
    plot.set_figure(figure(0.5))
    assert plot.legend_place.right() == plot.area.right()
    plot.set_figure(figure(0.9))
    assert plot.legend_place.center().x() == plot.area.center().x()
    both = (*figure(0.9).curves, *figure(0.5).curves)
    plot.set_figure(DensityFigure(0.0, 1.0, curves=both, top=1.05, ticks=(0, 1)))
    assert plot.legend_place.left() < plot.area.left() + 10
    plot.set_figure(DensityFigure(0.0, 1.0, curves=(Curve("q", X, np.ones(50), "#E69F00"),), top=1.05, ticks=(0, 1)))
    assert plot.legend_place.right() == plot.area.right(), "it has to be somewhere"


def test_numbers_of_lines_may_stand_beside_the_axis(plot: DensityPlot) -> None:
    plot.set_figure(figure(0.5, rows=((0.5, "0.5"),)))
    left = plot.area.left()
    plot.set_figure(figure(0.5, rows=((0.5, "0.5"),), beside=True))
    assert plot.area.left() > left
    assert plot.area.right() == plot.width() - left

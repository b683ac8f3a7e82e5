"""The legend of curves: names that are in the glossary say what they are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QFontMetrics, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from explorer.recipe import glossary
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import Series
from explorer.widgets.plots.legend import GAP, LINE, Legend, short


def test_the_name_under_the_pointer_is_explained(qtbot: QtBot) -> None:
    legend = Legend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.resize(600, 20)
    legend.show()
    t = np.arange(4)
    legend.set_series((Series("ᾱ", t, t / 4, "#ffffff"), Series("own", t, t / 4, "#ffffff")), 2)
    (first, _), (second, _) = legend._places
    assert legend.name_at(first - 4, 10) == ""
    assert legend.name_at(first + 5, 10) == "ᾱ"
    assert legend.name_at(second + 5, 10) == "own"
    place = QPoint(round(first) + 5, 10)
    QApplication.sendEvent(legend, QHelpEvent(QEvent.Type.ToolTip, place, legend.mapToGlobal(place)))
    assert glossary.terms()["alpha_bar"].name in QToolTip.text()
    QToolTip.hideText()


def test_large_values_are_shown_whole(qtbot: QtBot) -> None:
    legend = Legend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.resize(600, 20)
    t = np.arange(4)
    names = ("‖x‖", "‖ε‖")
    legend.set_series(tuple(Series(name, t, np.array([0.3, np.nan, -12.5, 11417.5]), "#ffffff") for name in names), 3)
    (first, _), (second, _) = legend._places
    metrics = QFontMetrics(text_font(12))
    assert second - first >= sum(metrics.horizontalAdvance(words) for words in (names[0], short(11417.5))) + LINE + 12


def test_values_below_zero_are_shown_whole(qtbot: QtBot) -> None:
    legend = Legend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.resize(600, 20)
    t = np.arange(4)
    legend.set_series(tuple(Series(name, t, np.array([8.0, -0.025, -2.5, -6.0]), "#ffffff") for name in "ab"), 1)
    (first, _), (second, _) = legend._places
    metrics = QFontMetrics(text_font(12))
    assert second - first >= sum(metrics.horizontalAdvance(words) for words in ("a", short(-0.025))) + LINE + 12 + GAP


def test_values_are_said_in_few_characters_with_a_minus() -> None:
    assert [short(v) for v in (-12.5, 11417.5, 3.2e6, -2e-5, 0.0, float("inf"))] == ["−12.5", "11418", "3e6", "−2e−5", "0", "–"]

"""The legend of curves: names that are in the glossary say what they are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from explorer.recipe import glossary
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import Series
from explorer.widgets.plots.legend import Legend


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

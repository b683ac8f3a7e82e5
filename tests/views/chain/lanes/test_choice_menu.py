"""A menu in the place of segments, and a legend of many names."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.views.chain.lanes.choice_menu import ChoiceMenu
from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.figure import Series
from explorer.widgets.plots.legend import ONE_LINE, TWO_LINES, Legend

SEGMENTS = (Segment("norms", "norms", "Lengths"), Segment("ssim x_t", "SSIM", "Likeness"))


def test_it_says_what_is_chosen_and_emits_what_a_person_chooses(qtbot: QtBot) -> None:
    menu = ChoiceMenu(SEGMENTS, "Curves")
    qtbot.addWidget(menu)
    assert menu.current == ""
    with qtbot.assertNotEmitted(menu.chosen):
        menu.set_current("norms")
    assert (menu.current, menu.text(), menu.accessibleName()) == ("norms", "norms", "Curves: norms")
    with qtbot.waitSignal(menu.chosen) as chosen:
        menu.action("ssim x_t").trigger()
    assert chosen.args == ["ssim x_t"]
    menu.set_label("ssim x_t", "SSIM to C", "How like C")
    assert menu.text() == "SSIM to C"
    assert "How like C" in menu.toolTip()


def test_a_legend_wraps_into_two_lines_and_counts_what_is_left_out(qtbot: QtBot) -> None:
    legend = Legend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.resize(600, 32)
    series = tuple(Series(f"{i} steps", np.arange(3), np.arange(3.0), "#009e73") for i in range(16))
    for count, height, shown in ((3, ONE_LINE, 3), (12, TWO_LINES, 12), (16, TWO_LINES, 15)):
        legend.set_series(series[:count], 1)
        assert legend.sizeHint().height() == height
        assert len(legend._places) <= count
        assert len(legend._places) >= min(count, shown) - 3
    legend.grab()
    assert "15 steps 1.00" in legend.accessibleDescription()

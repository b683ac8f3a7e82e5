"""The colours of a pen."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.pen_colours import SWATCHES, PenColours
from explorer.widgets.look.theme import Theme


def test_a_swatch_is_chosen_and_any_other_colour_takes_its_place(qtbot: QtBot) -> None:
    pens = PenColours(Theme("dark"))
    qtbot.addWidget(pens)
    assert pens.colour == (-1.0, -1.0, -1.0)
    with qtbot.waitSignal(pens.chosen) as chosen:
        pens.swatches["white"].click()
    assert chosen.args == [(1.0, 1.0, 1.0)] == [pens.colour]
    pens.more.take(QColor(255, 0, 51))
    assert pens.colour == (1.0, -1.0, -0.6)
    assert not any(swatch.isChecked() for swatch in pens.swatches.values())
    pens.swatches["red"].click()
    assert pens.swatches["red"].isChecked()
    assert pens.more.colour is None


def test_without_greys_there_is_no_colour_until_one_is_chosen(qtbot: QtBot) -> None:
    pens = PenColours(Theme("dark"), greys=False)
    qtbot.addWidget(pens)
    assert pens.colour is None
    assert pens.swatches.keys() == SWATCHES.keys() - {"black", "white"}
    pens.swatches["blue"].click()
    assert pens.colour is not None
    pens.clear()
    assert pens.colour is None
    assert not pens.swatches["blue"].isChecked()

"""The classes' chips: in one row, or in as many as a narrow plane asks for."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.datasets.shipped import SHIPPED
from explorer.views.latent.plane.legend import PlaneLegend
from explorer.widgets.look.theme import Theme


@pytest.mark.parametrize(("width", "rows"), [(400, 1), (292, 1), (291, 2), (200, 2), (130, 3), (20, 10)])
def test_every_chip_is_inside_whatever_the_width(qtbot: QtBot, width: int, rows: int) -> None:
    legend = PlaneLegend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.fit_width(width)
    assert len({chip.y() for chip in legend.chips}) == rows
    assert all(legend.rect().contains(chip.geometry()) for chip in legend.chips)
    places = {(chip.x(), chip.y()) for chip in legend.chips}
    assert len(places) == 10


@pytest.mark.parametrize("width", [900, 400, 120])
def test_the_classes_of_a_data_set_are_called_as_it_calls_them(qtbot: QtBot, width: int) -> None:
    legend = PlaneLegend(Theme("dark"))
    qtbot.addWidget(legend)
    legend.show()
    legend.set_classes(SHIPPED["emoji"].short_classes)
    legend.fit_width(width)
    shown = [chip for chip in legend.chips if chip.isVisible()]
    assert [chip.accessibleName() for chip in shown[-2:]] == ["Codes of symbols", "Codes of flags"]
    assert len(shown) == 9
    assert all(legend.rect().contains(chip.geometry()) for chip in shown)
    for index, chip in enumerate(shown):
        assert not any(chip.geometry().intersects(other.geometry()) for other in shown[index + 1 :])
    legend.set_classes(SHIPPED["mnist"].short_classes)
    assert [chip.accessibleName() for chip in legend.chips if chip.isVisible()][-1] == "Codes of class 9"

"""The classes' chips: in one row, or in as many as a narrow plane asks for."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

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

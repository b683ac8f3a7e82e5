"""Lanes of one option, and lanes of which one is finished."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.recipe import Lane
from explorer.state.edits import lanes as lane_edits
from explorer.views.compare.view import CompareWorkspace
from explorer.views.shared.labels import lane_markers

LaneMaker = Callable[..., Lane]
Opener = Callable[..., CompareWorkspace]


def test_the_first_of_an_option_has_no_mark_and_the_others_have_each_their_own(lane: LaneMaker) -> None:
    lanes = (lane("C"), lane("B"), lane("C", steps=10), lane("C", steps=20))
    marks = lane_markers(lanes)
    assert marks[:2] == ("", "")
    assert len({marks[2], marks[3], ""}) == 3


def test_head_curves_and_grid_have_the_same_mark(open_page: Opener, lane: LaneMaker) -> None:
    page = open_page(CompareWorkspace, tuple(lane("C", steps=steps) for steps in (2, 3, 4)), samples=2)
    marks = lane_markers(page.part.recipe.lanes)
    assert tuple(panel.chip.marker for panel in page.panels) == marks
    assert tuple(not panel.chip.isHidden() for panel in page.panels) == (False, True, True)
    assert tuple(series.marker for series in page.widgets.plot.plot.figure.series) == marks
    page.toggle_layout()
    assert tuple(label.marker for label in page.multiples.grid._labels) == marks
    assert page.widgets.inspector.all_steps is not None
    assert page.widgets.inspector.all_steps.text() == "at most 4 of 1000"


def test_a_finished_lane_does_not_go_back_to_noise_for_another(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("C", steps=3),), samples=2, t=0)
    image, seen = page.panels[0].grid.tiles, []
    assert image is not None
    page.controller.progressed.connect(lambda: seen.append((page.part.state.t, page.panels[0].grid.tiles, page.panels[0].note)))
    page.part.put(lane_edits.add_lane(page.part.state, lane("C", steps=200)), "add a lane")
    qtbot.waitUntil(lambda: any(0 < t < 1000 for t, _, _ in seen))
    qtbot.waitUntil(lambda: page.panels[0].note == "finished")
    assert page.controller.following
    np.testing.assert_array_equal(page.panels[0].grid.tiles, image)
    page.controller.stop()

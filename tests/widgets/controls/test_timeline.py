"""The timeline by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.timeline import Coverage, Timeline
from explorer.widgets.look.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    made = Timeline(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(500, 44)
    made.show()
    return made


def test_T_is_left_and_0_is_right(timeline: Timeline) -> None:
    assert timeline.x_of(1000) < timeline.x_of(500) < timeline.x_of(0)
    assert [timeline.t_at(timeline.x_of(t)) for t in (1000, 617, 0)] == [1000, 617, 0]
    assert (timeline.t_at(-50), timeline.t_at(9999)) == (1000, 0)
    timeline.set_range(40)
    assert timeline.t_at(timeline.x_of(40)) == 40


def test_dragging_tells_and_programs_do_not_echo(timeline: Timeline, qtbot: QtBot) -> None:
    told: list[int] = []
    timeline.scrubbed.connect(told.append)
    timeline.set_cursor(250)
    assert told == []
    assert timeline.t == 250
    QTest.mousePress(timeline, LEFT, pos=QPoint(round(timeline.x_of(800)), 13))
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(300)), 13))
    QTest.mouseRelease(timeline, LEFT, pos=QPoint(round(timeline.x_of(300)), 13))
    QTest.mouseMove(timeline, QPoint(round(timeline.x_of(100)), 13))
    assert len(told) == 2
    assert told == pytest.approx([800, 300], abs=2)
    assert timeline.t == 250, "the state comes from outside"


def test_every_lane_has_its_line_as_far_as_it_is_computed(timeline: Timeline) -> None:
    timeline.set_coverage((Coverage(250, "#ff0000"), Coverage(750, "#00ff00")))
    picture = timeline.grab().toImage()
    columns = {t: {picture.pixelColor(round(timeline.x_of(t)), y).getRgb()[:3] for y in range(44)} for t in (900, 600, 100)}
    assert {(255, 0, 0), (0, 255, 0)} <= columns[900]
    assert (255, 0, 0) in columns[600]
    assert (0, 255, 0) not in columns[600]
    assert (255, 0, 0) not in columns[100]

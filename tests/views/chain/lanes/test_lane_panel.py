"""The head of a lane: title, note and menu share it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.views.chain.lanes.lane_panel import LanePanel
from explorer.widgets.look.theme import Theme

NOTES = (("t = 960 · coarse", None), ("before the branch · region 12 / 50", "12 / 50"), ("t = 40 · checkpoint missing", None))


@pytest.mark.parametrize(("text", "short"), NOTES)
@pytest.mark.parametrize("width", range(104, 320, 12))
def test_a_note_ends_before_the_menu(qtbot: QtBot, width: int, text: str, short: str | None) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    row.resize(400, 140)
    panel = LanePanel(Theme("light"), row)
    panel.set_lane("C · Ancestral, unclipped", "predicts noise · 50 steps", "#00ff00", "", "C · Ancestral")
    panel.set_marker("ring", "#00ff00")
    panel.set_menu(QMenu(panel))
    panel.set_note(text, short=short)
    panel.resize(width, 120)
    row.show()
    qtbot.waitExposed(row)
    note = panel._note
    assert note.text()
    assert note.x() + note.fontMetrics().horizontalAdvance(note.text()) <= panel.menu_button.x()
    assert note.width() >= note.fontMetrics().horizontalAdvance(note.text())
    if panel._title.isVisible():
        assert panel._title.geometry().right() < note.x()

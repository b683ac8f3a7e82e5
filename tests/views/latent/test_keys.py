"""Latent: keys, buttons and the window around the plane."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import ARC, LEFT, add_point, paint, settle, state


def test_another_workspace_stops_the_playing(ws: LatentWorkspace, qtbot: QtBot) -> None:
    paint(ws, ARC)
    assert ws.player.playing
    ws.context.store.update(workspace="compare")
    assert not ws.player.playing
    ws.context.store.update(workspace="latent")
    settle(ws, qtbot)
    assert ws.panel.strip.count == 64


def test_keys_choose_tools_and_escape_selects_nothing(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, 0.3, 0.3)
    ws.window().activateWindow()
    qtbot.waitUntil(lambda: ws.window().isActiveWindow())
    ws.plane.setFocus()
    qtbot.keyClick(ws.plane, Qt.Key.Key_B)
    assert state(ws).tool == "stroke"
    qtbot.keyClick(ws.plane, Qt.Key.Key_V)
    assert state(ws).tool == "move"
    qtbot.keyClick(ws.plane, Qt.Key.Key_Escape)
    assert state(ws).selected == ""
    settle(ws, qtbot)


@pytest.mark.parametrize("place", ["inspector", "strip", "toolbar"])
def test_keys_act_wherever_the_focus_is_around_the_plane(ws: LatentWorkspace, qtbot: QtBot, place: str) -> None:
    ws.window().activateWindow()
    qtbot.waitUntil(lambda: ws.window().isActiveWindow())
    paint(ws, ARC)
    ws.player.stop()
    settle(ws, qtbot)
    around = {"inspector": ws.inspector.selection.copy, "strip": ws.panel.speed, "toolbar": ws.toolbar.models}
    around[place].setFocus()
    qtbot.keyClick(around[place], Qt.Key.Key_G)
    assert state(ws).manifold
    qtbot.keyClick(around[place], Qt.Key.Key_M)  # as V
    assert state(ws).tool == "move"
    qtbot.keyClick(around[place], Qt.Key.Key_Delete)
    assert state(ws).recipe.strokes == ()
    settle(ws, qtbot)


def test_what_is_selected_is_deleted_by_the_button_beside_its_name(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    add_point(ws, 0.9, 0.4)
    ws.inspector.selection.delete.click()
    assert [p.name for p in state(ws).recipe.points] == ["P1"]
    assert not ws.inspector.selection.isVisible()
    settle(ws, qtbot)


def test_what_is_shown_is_told_in_the_status(ws: LatentWorkspace, qtbot: QtBot) -> None:
    told: list[str] = []
    ws.status_changed.connect(lambda status: told.append(status.text))
    QTest.mouseClick(ws.legend.chips[1], LEFT)
    ws.actions_["manifold"].trigger()
    settle(ws, qtbot)
    grid = ws.controller.grid
    assert grid is not None
    assert told[-1] == f"8\u202f865 of 10\u202f000 codes shown · manifold {grid.columns} × {grid.rows}"

"""Latent: points on the plane, and what is under the pointer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import LEFT, add_point, assert_same, at, decodings, settle, state


def test_a_drag_decodes_the_point_under_the_mouse(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    add_point(ws, -0.9, 0.4)
    settle(ws, qtbot)
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -0.9, 0.4))
    for code in ((-0.5, 0.1), (0.2, -0.8), (0.6, -1.4)):
        QTest.mouseMove(ws.plane, at(ws, *code))
        settle(ws, qtbot)
        point = state(ws).recipe.points[0]
        assert (point.x, point.y) == pytest.approx(code, abs=1.5 / ws.plane.view.scale)
        wanted = decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0]
        assert_same(ws.plane.tiles["P1"], wanted)
        probe = ws.panes[0].probe
        assert probe is not None
        assert (probe.x, probe.y) == pytest.approx(code, abs=1.5 / ws.plane.view.scale)
        assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], np.array([[probe.x, probe.y]]))[0])
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 0.6, -1.4))


def test_moves_faster_than_answers_end_at_the_last_place(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    add_point(ws, -1.0, 0.0)
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, -1.0, 0.0))
    for x in np.linspace(-1.0, 1.0, 200):
        QTest.mouseMove(ws.plane, at(ws, float(x), 0.0))
    settle(ws, qtbot)
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, 1.0, 0.0))
    point = state(ws).recipe.points[0]
    assert_same(ws.plane.tiles["P1"], decodings(checkpoints["mnist-vae-2d"], np.array([[point.x, point.y]]))[0])


def test_a_whole_drag_is_one_undo(ws: LatentWorkspace, qtbot: QtBot) -> None:
    store = ws.context.store
    before = add_point(ws, -0.9, 0.4)
    for end in ((0.5, 0.5), (1.0, -1.0)):
        point = state(ws).recipe.points[0]
        QTest.mousePress(ws.plane, LEFT, pos=at(ws, point.x, point.y))
        for share in (0.3, 0.6, 1.0):
            QTest.mouseMove(ws.plane, at(ws, share * end[0], share * end[1]))
        QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *end))
    after = state(ws).recipe.points[0]
    assert (after.x, after.y) == pytest.approx((1.0, -1.0), abs=0.05)
    store.undo()
    middle = state(ws).recipe.points[0]
    assert (middle.x, middle.y) == pytest.approx((0.5, 0.5), abs=0.05)
    store.undo()
    assert state(ws).recipe.points == (before,)
    store.undo()
    assert state(ws).recipe.points == ()
    store.redo()
    store.redo()
    store.redo()
    assert state(ws).recipe.points == (after,)
    settle(ws, qtbot)


def test_points_are_deleted_by_key_and_come_back(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    add_point(ws, 0.9, 0.4)
    assert state(ws).selected == "P2"
    ws.plane.setFocus()
    QTest.keyClick(ws.plane, Qt.Key.Key_Delete)
    assert [p.name for p in state(ws).recipe.points] == ["P1"]
    assert state(ws).selected == ""
    assert not ws.actions_["delete"].isEnabled()
    ws.context.store.undo()
    assert [p.name for p in state(ws).recipe.points] == ["P1", "P2"]
    settle(ws, qtbot)


def test_the_inspector_places_and_renames_a_point(ws: LatentWorkspace, qtbot: QtBot) -> None:
    add_point(ws, -0.9, 0.4)
    section = ws.inspector.selection
    section.across.setValue(1.25)
    section.across.take()
    point = state(ws).recipe.points[0]
    assert (point.x, point.y) == pytest.approx((1.25, 0.4), abs=0.01)
    section.name.setText("seven")
    section.name.editingFinished.emit()
    assert state(ws).recipe.points[0].name == "seven"
    assert state(ws).selected == "seven"
    add_point(ws, 0.0, -1.0)
    section.name.setText("seven")
    section.name.editingFinished.emit()
    assert [p.name for p in state(ws).recipe.points] == ["seven", "P1"]
    settle(ws, qtbot)


def test_hovering_shows_the_decoding_its_reading_and_its_density(
    ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    codes = ws.plane.codes_drawn
    zeros = codes[mnist_test[1] == 0].mean(axis=0)
    pos = at(ws, float(zeros[0]), float(zeros[1]))
    QTest.mouseMove(ws.plane, pos)
    settle(ws, qtbot)
    code = ws.plane.view.to_plane(pos.x(), pos.y())
    assert_same(ws.inspector.probe.picture.image, decodings(checkpoints["mnist-vae-2d"], np.array([code]))[0])
    facts = ws.inspector.probe.facts
    assert facts.said("reads as").startswith("0")
    x, y = (float(part.strip("()").replace("−", "-")) for part in facts.said("z").split(", "))
    assert (x, y) == pytest.approx(code, abs=6e-4)
    density = float(facts.said("log p(z)").replace("−", "-"))
    assert density == pytest.approx(-0.5 * (code[0] ** 2 + code[1] ** 2) - np.log(2 * np.pi), abs=6e-4)


def test_what_is_no_coordinate_is_refused_in_words(ws: LatentWorkspace, qtbot: QtBot, explorer: Explorer) -> None:
    point = add_point(ws, 0.3, 0.3)
    field = ws.inspector.selection.across
    for typed, words in (("nan", "finite number"), ("1e9", "too far out"), ("here", "no number")):
        field.setFocus()
        field.lineEdit().setText(typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert words in explorer.window.banner.message
        assert state(ws).recipe.points == (point,)
        assert field.value() == pytest.approx(point.x)
    field.lineEdit().setText("-1,25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert state(ws).recipe.points[0].x == -1.25
    settle(ws, qtbot)
